using Bert.MLNet.Server.Models;
using Bert.MLNet.Server.Requests;
using Microsoft.AspNetCore.Routing;

namespace Bert.MLNet.Server.Routes;

/// <summary>The routes of OpenAI's API.</summary>
internal static class OpenAIRoutes
{
    private const string Base64 = "base64";

    public static void Map(ApiRoutes api)
    {
        api.Post(
            new("/v1/embeddings", "Computes a vector of length 1 for each text.",
                """{"input": ["Owls hunt at night."], "dimensions": 128}"""),
            ServerJson.Default.OpenAIEmbeddingsRequest, ServerJson.Default.OpenAIEmbeddingList, EmbedAsync);
        api.Get(new("/v1/models", "Lists the models."), ServerJson.Default.OpenAIModelList, (_, scope) =>
            new OpenAIModelList("list", [.. scope.Models.Models.Select(model => Describe(model, scope))]));
        api.Get(new("/v1/models/{**id}", "Describes a model."), ServerJson.Default.OpenAIModel, (context, scope) =>
            Describe(scope.Models.Find((string)context.GetRouteValue("id")!), scope));
    }

    private static async Task<OpenAIEmbeddingList> EmbedAsync(OpenAIEmbeddingsRequest request, RequestScope scope)
    {
        if (request.EncodingFormat is not ("float" or Base64))
            throw RequestException.Invalid("encoding_format", $"'encoding_format' is '{request.EncodingFormat}'; use 'float' or 'base64'.");
        (ServedModel model, IServedTask<string, BertEmbedding> task) = scope.Models.Find(request.Model, model => model.Embed, "embed");
        TaskAnswer<BertEmbedding> answer =
            await scope.RunAsync(task, request.Input.AsTexts(model.Checkpoint!.Tokenizer), "input", request.Truncate);
        float[][] vectors = Vectors.Shape(answer.Results, request.Dimensions, normalize: true);
        return new OpenAIEmbeddingList(
            "list",
            [.. vectors.Select((vector, i) => new OpenAIEmbedding("embedding", i, new(vector, request.EncodingFormat == Base64)))],
            model.Id,
            new OpenAIUsage(answer.Tokens, answer.Tokens));
    }

    private static OpenAIModel Describe(ServedModel model, RequestScope scope) =>
        new(model.Id, "model", scope.Models.Started.ToUnixTimeSeconds(), "bert-mlnet");
}
