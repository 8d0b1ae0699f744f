using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Bert.MLNet.Tests.ExtensionsAI;

public sealed class BertServiceCollectionTests
{
    [Fact]
    public async Task One_generator_serves_all_scopes_under_all_its_names_and_is_disposed_with_the_services()
    {
        ServiceProvider provider = new ServiceCollection().AddSingleton(new TinyCheckpoint().Load()).AddBertEmbeddingGenerator()
            .BuildServiceProvider(validateScopes: true);
        BertEmbeddingGenerator generator = provider.GetRequiredService<BertEmbeddingGenerator>();
        using (IServiceScope scope = provider.CreateScope())
        {
            Assert.Same(generator, scope.ServiceProvider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>());
            Assert.Same(generator, scope.ServiceProvider.GetRequiredService<IEmbeddingGenerator>());
        }
        Assert.Single(await generator.GenerateAsync(["good"], cancellationToken: TestContext.Current.CancellationToken));
        Assert.Same(provider.GetRequiredService<BertModel>(), generator.GetService(typeof(BertModel)));
        await provider.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(
            () => generator.GenerateAsync(["good"], cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Generators_under_keys_differ_in_their_prompts_and_share_the_checkpoint()
    {
        await using ServiceProvider provider = new ServiceCollection().AddSingleton(_ => new TinyCheckpoint().Load())
            .AddKeyedBertEmbeddingGenerator("query", options => options.Prompt = "this is ")
            .AddKeyedBertEmbeddingGenerator("passage", options => options.Prompt = "that is ")
            .BuildServiceProvider();
        var query = provider.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>("query");
        var passage = provider.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>("passage");
        Assert.Same(query.GetService(typeof(BertModel)), passage.GetService(typeof(BertModel)));
        Assert.Same(query, provider.GetRequiredKeyedService<BertEmbeddingGenerator>("query"));
        Assert.Null(provider.GetService<BertEmbeddingGenerator>());

        using var plain = new BertEmbeddingGenerator(provider.GetRequiredService<BertModel>());
        foreach ((IEmbeddingGenerator<string, Embedding<float>> generator, string prompt) in new[] { (query, "this is "),
            (passage, "that is ") })
        {
            Assert.Equal(
                (await plain.GenerateVectorAsync(prompt + "good", cancellationToken: TestContext.Current.CancellationToken)).ToArray(),
                (await generator.GenerateVectorAsync("good", cancellationToken: TestContext.Current.CancellationToken)).ToArray());
        }
    }

    [Fact]
    public void The_configuration_names_the_checkpoint()
    {
        using var folder = new TemporaryFolder();
        string checkpoint = new TinyCheckpoint().Write(folder["tiny"]);
        IConfiguration configuration =
            new ConfigurationBuilder().AddInMemoryCollection([new("Bert:Model", checkpoint), new("Bert:Pooling", "Cls,Max")]).Build();
        using ServiceProvider provider = new ServiceCollection()
            .Configure<BertEmbeddingGeneratorOptions>(configuration.GetSection("Bert"))
            .AddBertEmbeddingGenerator(options => options.Normalize = true)
            .BuildServiceProvider();
        EmbeddingGeneratorMetadata metadata =
            provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>().GetRequiredService<EmbeddingGeneratorMetadata>();
        Assert.Equal(("tiny", 64), (metadata.DefaultModelId, metadata.DefaultModelDimensions));
    }

    [Fact]
    public void Without_a_checkpoint_it_is_the_one_that_comes_with_the_library()
    {
        using ServiceProvider provider = new ServiceCollection().AddBertEmbeddingGenerator().BuildServiceProvider();
        Assert.Same(BertModel.Default, provider.GetRequiredService<BertEmbeddingGenerator>().GetService(typeof(BertModel)));
    }

    [Fact]
    public void A_generator_that_the_application_has_already_stays_the_one_that_is_injected()
    {
        using var own = new BertEmbeddingGenerator(new TinyCheckpoint().Load());
        using ServiceProvider provider = new ServiceCollection()
            .AddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(own)
            .AddBertEmbeddingGenerator()
            .BuildServiceProvider();
        Assert.Same(own, provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>());
    }
}
