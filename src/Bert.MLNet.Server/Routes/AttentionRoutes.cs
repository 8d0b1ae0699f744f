using Bert.MLNet.Server.Models;
using Bert.MLNet.Server.Requests;

namespace Bert.MLNet.Server.Routes;

/// <summary>The route of attention, for the playground.</summary>
internal static class AttentionRoutes
{
    public static void Map(ApiRoutes api) => api.Post(
        new("/attention", "Computes which token attends to which, the mean of all layers and heads.", """{"inputs": "The owl hunts."}"""),
        ServerJson.Default.AttentionRequest, ServerJson.Default.AttentionBody, async (request, scope) =>
        {
            (_, IServedTask<string, BertAttention> task) = scope.Models.Find(request.Model, model => model.Attend, "attention");
            TaskAnswer<BertAttention> answer = await scope.RunAsync(task, [request.Inputs], "inputs");
            return new AttentionBody(answer.Results[0].Tokens, answer.Results[0].Mean());
        });
}
