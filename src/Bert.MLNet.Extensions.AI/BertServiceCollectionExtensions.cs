using Bert.MLNet;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register BERT services for dependency injection.</summary>
public static class BertServiceCollectionExtensions
{
    /// <summary>
    /// Registers a singleton <see cref="BertEmbeddingGenerator"/>, opened when it is first requested and disposed with the services. It is
    /// also the <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> for texts if the application has no other.
    /// </summary>
    /// <param name="services">The service collection.</param>
    /// <param name="configure">Sets the options. Null: the registered <see cref="BertModel"/>, or <see cref="BertModel.Default"/> if there
    /// is none.</param>
    /// <remarks>If the checkpoint does not exist, requesting the service fails like <see cref="BertModel.FromPretrained"/>.</remarks>
    public static IServiceCollection AddBertEmbeddingGenerator(
        this IServiceCollection services, Action<BertEmbeddingGeneratorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<BertEmbeddingGeneratorOptions>().Configure(configure ?? (_ => { }));
        services.TryAddSingleton(provider => Create(provider, Options.Options.DefaultName));
        services.TryAddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(
            provider => provider.GetRequiredService<BertEmbeddingGenerator>());
        services.TryAddSingleton<IEmbeddingGenerator>(provider => provider.GetRequiredService<BertEmbeddingGenerator>());
        return services;
    }

    /// <summary>Registers a keyed generator, for applications with several, such as one for queries and one for passages.</summary>
    /// <param name="services">The service collection.</param>
    /// <param name="serviceKey">The key, which is also the name of the options.</param>
    /// <param name="configure">Sets the options. Null: the registered <see cref="BertModel"/>, or <see cref="BertModel.Default"/> if there
    /// is none.</param>
    /// <remarks>Generators that leave <see cref="BertEmbeddingGeneratorOptions.Model"/> null share one checkpoint in memory.</remarks>
    public static IServiceCollection AddKeyedBertEmbeddingGenerator(
        this IServiceCollection services, string serviceKey, Action<BertEmbeddingGeneratorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(serviceKey);
        services.AddOptions<BertEmbeddingGeneratorOptions>(serviceKey).Configure(configure ?? (_ => { }));
        services.TryAddKeyedSingleton(serviceKey, (provider, _) => Create(provider, serviceKey));
        services.TryAddKeyedSingleton<IEmbeddingGenerator<string, Embedding<float>>>(
            serviceKey, (provider, _) => provider.GetRequiredKeyedService<BertEmbeddingGenerator>(serviceKey));
        services.TryAddKeyedSingleton<IEmbeddingGenerator>(
            serviceKey, (provider, _) => provider.GetRequiredKeyedService<BertEmbeddingGenerator>(serviceKey));
        return services;
    }

    private static BertEmbeddingGenerator Create(IServiceProvider services, string name)
    {
        BertEmbeddingGeneratorOptions options = services.GetRequiredService<IOptionsMonitor<BertEmbeddingGeneratorOptions>>().Get(name);
        BertModel model = options.Model is { } nameOrPath
            ? BertModel.FromPretrained(nameOrPath)
            : services.GetService<BertModel>() ?? BertModel.Default;
        return new BertEmbeddingGenerator(model, options.ToEmbeddingOptions(model));
    }
}
