using System.Text.Json.Nodes;
using Bert.MLNet.Cli.Messages;
using Bert.MLNet.Evaluation;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Training;

/// <summary>The specific parts of a verb that trains a checkpoint to write texts.</summary>
/// <param name="Name">The default name of its files.</param>
/// <param name="Decoder">The default start of the decoder if the checkpoint has none.</param>
/// <param name="VocabSize">The default number of tokens to learn for a random decoder; null for the checkpoint's vocabulary.</param>
/// <param name="Evaluate">Computes the metrics of rows with the columns <c>Target</c> and <c>PredictedText</c>.</param>
/// <param name="Evaluator">The method of the library that computes them.</param>
/// <param name="Metrics">The type of its result.</param>
/// <param name="MetricsShown">The most important of them, as paths of properties.</param>
/// <param name="ScoreName">The name of <paramref name="Score"/>.</param>
/// <param name="Score">Compares a written text with its reference, from 0 to 1.</param>
internal sealed record WritingTask(
    string Name, string Decoder, int? VocabSize, Func<MLContext, IDataView, JsonObject> Evaluate, string Evaluator, string Metrics,
    IReadOnlyList<string> MetricsShown, string ScoreName, Func<string, string, double> Score)
{
    /// <summary>All tasks.</summary>
    public static IReadOnlyList<WritingTask> All => [Translation, Summarization];

    /// <summary>The verb that writes texts with the checkpoint.</summary>
    public required string Asks { get; init; }

    /// <summary>Whether the text can also consist of sentences that are picked from the source.</summary>
    public bool CanPick { get; init; }

    /// <summary>Translations, by BLEU and chrF.</summary>
    public static WritingTask Translation { get; } = new("Translation", DecoderStart.Random, 8000, (ml, rows) =>
    {
        TranslationMetrics metrics = ml.MulticlassClassification.EvaluateTranslation(rows);
        return new JsonObject
        {
            ["Bleu"] = ProgressState.Number(metrics.Bleu.Score),
            ["BrevityPenalty"] = ProgressState.Number(metrics.Bleu.BrevityPenalty),
            ["BleuSignature"] = metrics.Bleu.Signature,
            ["Chrf"] = ProgressState.Number(metrics.Chrf.Score),
            ["ChrfSignature"] = metrics.Chrf.Signature,
        };
    }, "EvaluateTranslation", nameof(TranslationMetrics), ["Bleu.Score", "Chrf.Score"], "chrF", (text, reference) =>
    {
        var counter = new ChrfCounter(new ChrfOptions());
        counter.Add(text, [reference]);
        return counter.Score().Score / 100;
    }) { Asks = "translate" };

    /// <summary>Summaries, by ROUGE.</summary>
    public static WritingTask Summarization { get; } = new("Summarization", DecoderStart.Checkpoint, null, (ml, rows) =>
    {
        SummarizationMetrics metrics = ml.MulticlassClassification.EvaluateSummarization(rows);
        return new JsonObject
        {
            ["Rouge1"] = ProgressState.Number(metrics.Rouge1.F1Score),
            ["Rouge2"] = ProgressState.Number(metrics.Rouge2.F1Score),
            ["RougeL"] = ProgressState.Number(metrics.RougeL.F1Score),
            ["RougeLsum"] = ProgressState.Number(metrics.RougeLsum.F1Score),
        };
    }, "EvaluateSummarization", nameof(SummarizationMetrics),
        ["RougeL.F1Score", "Rouge1.F1Score", "Rouge2.F1Score", "RougeLsum.F1Score"], "ROUGE-L", (text, reference) =>
    {
        var counter = new RougeCounter(stem: false);
        counter.Add(text, [reference]);
        return counter.Means()[2].F1Score;
    }) { Asks = "summarize --method abstractive", CanPick = true };
}
