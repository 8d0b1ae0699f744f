using Bert.MLNet.Server.Models;
using Bert.MLNet.Server.Requests;

namespace Bert.MLNet.Server.Routes;

/// <summary>The routes of tasks that text-embeddings-inference does not have, in the form of HuggingFace's inference API.</summary>
internal static class TaskRoutes
{
    public static void Map(ApiRoutes api)
    {
        api.Post(
            new("/ner", "Finds entities in texts of any length.", """{"inputs": "Ada Lovelace lived in London."}"""),
            ServerJson.Default.TextsRequest, ServerJson.Default.OneOrManyIReadOnlyListEntityBody, (request, scope) => RunAsync(
                request, scope, request.Inputs, model => model.FindEntities, "ner", text => text,
                IReadOnlyList<EntityBody> (text, entities) =>
                [
                    .. entities.Select(entity => new EntityBody(
                        entity.Type, entity.Score, entity.Text,
                        CodePoints.Before(text, entity.Start), CodePoints.Before(text, entity.End))),
                ]));
        api.Post(
            new("/qa", "Answers questions by a part of their contexts, which can have any length.",
                """{"inputs": {"question": "What do owls eat?", "context": "Most owls eat mice and voles."}}"""),
            ServerJson.Default.QuestionsRequest, ServerJson.Default.OneOrManyAnswerBody, (request, scope) => RunAsync(
                request, scope, request.Inputs, model => model.Answer, "qa",
                input => new BertQuestion(input.Question, input.Context), AnswerOf));
        api.Post(
            new("/fill-mask", "Predicts the words behind the masks of texts.", """{"inputs": "Owls hunt at [MASK]."}"""),
            ServerJson.Default.TextsRequest, ServerJson.Default.OneOrManyIReadOnlyListFilledMaskBody, (request, scope) => RunAsync(
                request, scope, request.Inputs, model => model.FillMask, "fill-mask", text => text, FilledMasksOf));
        api.Post(
            new("/summarize", "Writes summaries of texts with a decoder, or picks the sentences that say most by a model of vectors.",
                """{"inputs": ["The owl is a bird of prey. It hunts at night."]}"""),
            ServerJson.Default.TextsRequest, ServerJson.Default.IReadOnlyListSummaryBody, async (request, scope) =>
                [.. (await WriteAsync(request, scope, model => model.Summarize, "summarize")).Select(text => new SummaryBody(text))]);
        api.Post(
            new("/translate", "Writes translations of texts with a decoder.", """{"inputs": ["Owls hunt at night."]}"""),
            ServerJson.Default.TextsRequest, ServerJson.Default.IReadOnlyListTranslationBody, async (request, scope) =>
                [.. (await WriteAsync(request, scope, model => model.Translate, "translate")).Select(text => new TranslationBody(text))]);
    }

    private static async Task<OneOrMany<TBody>> RunAsync<TItem, TInput, TResult, TBody>(
        ModelRequest request, RequestScope scope, OneOrMany<TItem> items, Func<ServedModel, IServedTask<TInput, TResult>?> task,
        string name, Func<TItem, TInput> inputOf, Func<TItem, TResult, TBody> bodyOf)
    {
        (_, IServedTask<TInput, TResult> found) = scope.Models.Find(request.Model, task, name);
        TaskAnswer<TResult> answer = await scope.RunAsync(found, [.. items.Items.Select(inputOf)], "inputs");
        return new([.. items.Items.Zip(answer.Results, bodyOf)], items.IsSingle);
    }

    private static async Task<IReadOnlyList<string>> WriteAsync(
        TextsRequest request, RequestScope scope, Func<ServedModel, IServedTask<string, string>?> task, string name)
    {
        (_, IServedTask<string, string> found) = scope.Models.Find(request.Model, task, name);
        return (await scope.RunAsync(found, request.Inputs.Items, "inputs", request.Truncate)).Results;
    }

    private static AnswerBody AnswerOf(QuestionBody input, IReadOnlyList<BertAnswer> answers) => answers is [var best, ..]
        ? new(best.Score, CodePoints.Before(input.Context, best.Start), CodePoints.Before(input.Context, best.End), best.Text)
        : new(0, 0, 0, "");

    private static IReadOnlyList<FilledMaskBody> FilledMasksOf(string text, IReadOnlyList<BertFilledMask> masks)
    {
        bool several = masks.Any(filled => filled.Mask > 0);
        return [.. masks.Select(filled => new FilledMaskBody(filled.Score, filled.Token, filled.Text, several ? filled.Mask : null))];
    }
}
