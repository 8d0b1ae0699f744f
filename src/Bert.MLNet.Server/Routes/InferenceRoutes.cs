using Bert.MLNet.Server.Models;
using Bert.MLNet.Server.Requests;

namespace Bert.MLNet.Server.Routes;

/// <summary>The routes of text-embeddings-inference that compute vectors and scores.</summary>
internal static class InferenceRoutes
{
    public static void Map(ApiRoutes api)
    {
        api.Post(
            new("/embed", "Computes a vector for each text.", """{"inputs": ["Owls hunt at night.", "Bread rises."], "normalize": true}"""),
            ServerJson.Default.EmbedRequest, ServerJson.Default.IReadOnlyListSingleArray, EmbedAsync);
        api.Post(
            new("/similarity", "Computes the cosine of a sentence with others.",
                """{"inputs": {"source_sentence": "Owls hunt.", "sentences": ["Birds of prey hunt.", "Bread rises."]}}"""),
            ServerJson.Default.SimilarityRequest, ServerJson.Default.IReadOnlyListSingle, CompareAsync);
        api.Post(
            new("/rerank", "Sorts texts by how well they answer a query, the best first.",
                """{"query": "What do owls eat?", "texts": ["Owls eat mice.", "Bread rises."], "return_text": true}"""),
            ServerJson.Default.RerankRequest, ServerJson.Default.IReadOnlyListRankBody, RankAsync);
        api.Post(
            new("/predict", "Computes the scores of all labels for texts and pairs of texts, the highest first.",
                """{"inputs": [["A lovely film."], ["A man sleeps.", "Nobody is awake."]]}"""),
            ServerJson.Default.PredictRequest, ServerJson.Default.OneOrManyIReadOnlyListPredictionBody, PredictAsync);
    }

    private static async Task<IReadOnlyList<float[]>> EmbedAsync(EmbedRequest request, RequestScope scope)
    {
        (ServedModel model, IServedTask<string, BertEmbedding> task) = scope.Models.Find(request.Model, model => model.Embed, "embed");
        TaskAnswer<BertEmbedding> answer = await scope.RunAsync(
            Vectors.WithPrompt(model, task, request.PromptName), request.Inputs.AsTexts(model.Checkpoint!.Tokenizer), "inputs",
            request.Truncate);
        return Vectors.Shape(answer.Results, request.Dimensions, request.Normalize);
    }

    private static async Task<IReadOnlyList<float>> CompareAsync(SimilarityRequest request, RequestScope scope)
    {
        (ServedModel model, IServedTask<string, BertEmbedding> task) = scope.Models.Find(request.Model, model => model.Embed, "embed");
        scope.CheckCount(request.Inputs.Sentences.Count, "sentences");
        TaskAnswer<BertEmbedding> answer = await scope.RunAsync(
            Vectors.WithPrompt(model, task, request.Parameters?.PromptName),
            [request.Inputs.SourceSentence, .. NotNull(request.Inputs.Sentences, "sentences")], "inputs", request.Parameters?.Truncate);
        return
        [
            .. answer.Results.Skip(1).Select(other =>
                BertSimilarity.Cosine.Compute(answer.Results[0].Vector.Span, other.Vector.Span)),
        ];
    }

    private static async Task<IReadOnlyList<RankBody>> RankAsync(RerankRequest request, RequestScope scope)
    {
        (_, ScoringTask<BertTextPair> task) = scope.Models.Find(request.Model, model => model.Rerank, "rerank");
        TaskAnswer<IReadOnlyList<LabelScore>> answer = await scope.RunAsync(
            ScoresOf(task, request.RawScores), [.. NotNull(request.Texts, "texts").Select(text => new BertTextPair(request.Query, text))],
            "texts", request.Truncate);
        return
        [
            .. answer.Results
                .Select((scores, i) => new RankBody(i, request.ReturnText ? request.Texts[i] : null, scores[0].Score))
                .OrderByDescending(rank => rank.Score),
        ];
    }

    private static async Task<OneOrMany<IReadOnlyList<PredictionBody>>> PredictAsync(PredictRequest request, RequestScope scope)
    {
        IReadOnlyList<string[]> inputs = request.Inputs.Items;
        scope.CheckCount(inputs.Count, "inputs");
        var labels = new IReadOnlyList<PredictionBody>[inputs.Count];
        await Task.WhenAll(
            ScoreAsync(model => model.Classify, "predict", 1, texts => texts[0]),
            ScoreAsync(model => model.ClassifyPair, "predict pairs", 2, texts => new BertTextPair(texts[0], texts[1])));
        return new(labels, request.Inputs.IsSingle);

        async Task ScoreAsync<TInput>(
            Func<ServedModel, ScoringTask<TInput>?> task, string name, int texts, Func<string[], TInput> inputOf)
        {
            int[] places = [.. Enumerable.Range(0, inputs.Count).Where(i => inputs[i].Length == texts)];
            if (places.Length == 0)
                return;
            (_, ScoringTask<TInput> found) = scope.Models.Find(request.Model, task, name);
            TaskAnswer<IReadOnlyList<LabelScore>> answer = await scope.RunAsync(
                ScoresOf(found, request.RawScores), [.. places.Select(i => inputOf(inputs[i]))], "inputs", request.Truncate);
            foreach ((int place, IReadOnlyList<LabelScore> scores) in places.Zip(answer.Results))
                labels[place] = [.. scores.Select(label => new PredictionBody(label.Score, label.Label))];
        }
    }

    private static IServedTask<TInput, IReadOnlyList<LabelScore>> ScoresOf<TInput>(ScoringTask<TInput> task, bool raw) => !raw
        ? task.Probabilities
        : task.Logits ?? throw RequestException.Invalid("raw_scores", "A trained model does not tell raw scores. Leave 'raw_scores' out.");

    private static IReadOnlyList<string> NotNull(IReadOnlyList<string?> texts, string field) =>
        [.. texts.Select((text, i) => text ?? throw RequestException.Invalid(field, $"Text {i} of '{field}' is null."))];
}
