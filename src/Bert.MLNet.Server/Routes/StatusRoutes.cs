using System.Reflection;
using Bert.MLNet.Server.Models;
using Bert.MLNet.Server.Requests;

namespace Bert.MLNet.Server.Routes;

/// <summary>The routes that describe the server.</summary>
internal static class StatusRoutes
{
    private static readonly string s_version = typeof(StatusRoutes).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static void Map(ApiRoutes api)
    {
        api.Get(new("/info", "Describes the models and the limits of requests."), ServerJson.Default.InfoBody, (_, scope) =>
            new InfoBody
            {
                ModelId = scope.Models.Models[0].Id,
                MaxInputLength = scope.Models.Models[0].Checkpoint?.MaxSequenceLength,
                MaxBatchTokens = scope.Options.TokenBudget,
                MaxClientBatchSize = scope.Options.MaxTexts,
                AutoTruncate = scope.Options.TruncateLongTexts,
                Version = s_version,
                Models = [.. scope.Models.Models.Select(Describe)],
            });
        api.Health(new("/health", "Answers 200 if the server accepts requests, and 503 when it is stopping."));
    }

    private static ModelInfoBody Describe(ServedModel model) => new(
        model.Id, model.Tasks, model.Checkpoint?.Config.ModelType, model.Checkpoint?.MaxSequenceLength, [.. model.EmbedWithPrompt.Keys]);
}
