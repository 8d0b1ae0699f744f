using Bert.MLNet;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>BERT among the services of an application.</summary>
public static class BertServiceCollectionExtensions
{
    /// <summary>
    /// Adds a <see cref="BertEmbeddingGenerator"/>, which is also the <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> of texts where the
    /// application has no other: one for all, opened when it is first asked for, disposed with the services.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options; null: the checkpoint among the services, else <see cref="BertModel.Default"/>.</param>
    /// <remarks>Asking for it fails as <see cref="BertModel.FromPretrained"/> does when there is no such checkpoint.</remarks>
    public static IServiceCollection AddBertEmbeddingGenerator(this IServiceCollection services, Action<BertEmbeddingGeneratorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<BertEmbeddingGeneratorOptions>().Configure(configure ?? (_ => { }));
        services.TryAddSingleton(provider => Create(provider, Options.Options.DefaultName));
        services.TryAddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(provider => provider.GetRequiredService<BertEmbeddingGenerator>());
        services.TryAddSingleton<IEmbeddingGenerator>(provider => provider.GetRequiredService<BertEmbeddingGenerator>());
        return services;
    }

    /// <summary>Does the same under a key, so that an application can have several, such as one for queries and one for passages.</summary>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">The key. It is the name of the options, too.</param>
    /// <param name="configure">Sets the options; null: the checkpoint among the services, else <see cref="BertModel.Default"/>.</param>
    /// <remarks>Those that leave <see cref="BertEmbeddingGeneratorOptions.Model"/> null share one checkpoint in memory.</remarks>
    public static IServiceCollection AddKeyedBertEmbeddingGenerator(this IServiceCollection services, string serviceKey, Action<BertEmbeddingGeneratorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(serviceKey);
        services.AddOptions<BertEmbeddingGeneratorOptions>(serviceKey).Configure(configure ?? (_ => { }));
        services.TryAddKeyedSingleton(serviceKey, (provider, _) => Create(provider, serviceKey));
        services.TryAddKeyedSingleton<IEmbeddingGenerator<string, Embedding<float>>>(serviceKey, (provider, _) => provider.GetRequiredKeyedService<BertEmbeddingGenerator>(serviceKey));
        services.TryAddKeyedSingleton<IEmbeddingGenerator>(serviceKey, (provider, _) => provider.GetRequiredKeyedService<BertEmbeddingGenerator>(serviceKey));
        return services;
    }

    private static BertEmbeddingGenerator Create(IServiceProvider services, string name)
    {
        BertEmbeddingGeneratorOptions options = services.GetRequiredService<IOptionsMonitor<BertEmbeddingGeneratorOptions>>().Get(name);
        BertModel model = options.Model is { } nameOrPath ? BertModel.FromPretrained(nameOrPath) : services.GetService<BertModel>() ?? BertModel.Default;
        return new BertEmbeddingGenerator(model, options);
    }
}
