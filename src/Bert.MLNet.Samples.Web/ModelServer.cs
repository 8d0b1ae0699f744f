using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.AI;

namespace Bert.MLNet.Samples.Web;

/// <summary>
/// Serves endpoints that classify, embed and search with one model in memory. All shared objects are thread-safe, so requests need no lock
/// and no queue.
/// </summary>
public static class ModelServer
{
    private const int MaxBodyBytes = 1 << 20;

    /// <param name="args">ASP.NET's arguments, such as <c>--urls</c>, and <c>--Bert:Model</c>: a folder or the name of a model on the
    /// hub.</param>
    public static WebApplication Create(params string[] args)
    {
        WebApplicationBuilder builder =
            WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = MaxBodyBytes);
        IServiceCollection services = builder.Services;
        services.AddProblemDetails();
        services.AddValidation();
        services.AddOpenApi();
        services.AddHealthChecks().AddCheck<ModelHealthCheck>("model");

        services.Configure<BertEmbeddingGeneratorOptions>(builder.Configuration.GetSection("Bert"));
        services.AddBertEmbeddingGenerator(options => options.Normalize = true);
        services.AddSingleton(provider =>
            new ReviewClassifier(provider.GetRequiredService<BertEmbeddingGenerator>(), DataFile("reviews.tsv")));
        services.AddSingleton(provider =>
            new ArticleIndex(provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>(), DataFile("articles.tsv")));

        WebApplication app = builder.Build();
        app.UseExceptionHandler();
        app.UseStatusCodePages(); // adds problem details to errors without a body
        app.MapOpenApi();
        app.MapHealthChecks("/health");
        app.MapPost("/classify", Classify)
            .WithSummary("Predicts the sentiment of reviews: a label for each text, with the probabilities of all labels.")
            .ProducesValidationProblem();
        app.MapPost("/embed", Embed).WithSummary("Returns a vector of length 1 for each text.").ProducesValidationProblem();
        app.MapGet("/search", Search).WithSummary("Finds the articles that are nearest to a query.").ProducesValidationProblem();

        // Opened now, because the first request would have to wait for it.
        app.Services.GetRequiredService<ReviewClassifier>();
        app.Services.GetRequiredService<ArticleIndex>();
        return app;
    }

    private static Ok<Classification[]> Classify(TextsRequest request, ReviewClassifier classifier, CancellationToken cancellationToken) =>
        TypedResults.Ok(classifier.Classify(request.Texts, cancellationToken));

    private static async Task<Ok<EmbedResponse>> Embed(
        TextsRequest request, IEmbeddingGenerator<string, Embedding<float>> generator, CancellationToken cancellationToken)
    {
        GeneratedEmbeddings<Embedding<float>> embeddings =
            await generator.GenerateAsync(request.Texts, cancellationToken: cancellationToken);
        return TypedResults.Ok(new EmbedResponse(
            generator.GetRequiredService<EmbeddingGeneratorMetadata>().DefaultModelId!,
            [.. embeddings.Select(embedding => embedding.Vector)],
            embeddings.Usage!.InputTokenCount!.Value));
    }

    private static async Task<Ok<Hit[]>> Search(
        [Required, MaxLength(2000), Description("The text to search for.")] string query,
        ArticleIndex index,
        CancellationToken cancellationToken,
        [Range(1, 20), Description("The number of articles to return.")] int top = 3) =>
        TypedResults.Ok(await index.SearchAsync(query, top, cancellationToken));

    private static string DataFile(string name) => Path.Combine(AppContext.BaseDirectory, "data", name); // the build copies it there
}
