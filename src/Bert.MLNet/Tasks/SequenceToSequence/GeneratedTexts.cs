using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Evaluation;
using Bert.MLNet.Generation;
using Bert.MLNet.Training;

namespace Bert.MLNet.Tasks;

/// <summary>Compares the texts that a checkpoint in training generates with the targets of validation rows.</summary>
/// <param name="options">The options of the training.</param>
/// <param name="outputs">The resolved options of the fitted step.</param>
internal sealed class GeneratedTexts(SequenceToSequenceTrainer.Options options, BertSequenceToSequenceEstimator.Options outputs)
{
    /// <summary>The metric of the options; null for the loss, which needs no texts.</summary>
    public GeneratedMetric? Metric => options.ValidationMetric switch
    {
        BertTextMetric.Bleu => new("BLEU", $"{outputs.Generation}", (module, rows) => Bleu(Write(module, rows))),
        BertTextMetric.RougeL => new("RougeL", $"{outputs.Generation}", (module, rows) => RougeL(Write(module, rows))),
        _ => null,
    };

    private static double Bleu(IEnumerable<(string Written, string Reference)> texts)
    {
        var counter = new BleuCounter(new BleuOptions());
        foreach ((string written, string reference) in texts)
            counter.Add(written, [reference]);
        return counter.Score().Score;
    }

    private static double RougeL(IEnumerable<(string Written, string Reference)> texts)
    {
        var counter = new RougeCounter(stem: false);
        foreach ((string written, string reference) in texts)
            counter.Add(written, [reference]);
        return counter.Means()[2].F1Score;
    }

    private (string Written, string Reference)[] Write(BertForSequenceToSequence module, TrainingRow[] rows)
    {
        BertModel start = options.Checkpoint;
        using var generator = new TextGenerator(start.WithTrained(start.Config, LowRankAdaptation.Merged(module), start.Sentence));
        TokenSequence<GeneratedSequence[]>[] sources = [.. rows.Select(row => Source(row.Ids))];
        TokenSequence<GeneratedSequence[]>[] sorted = [.. sources];
        List<Range> batches = LengthBatches.SortAndCut(sorted.AsSpan(), outputs.Batching.Tokens, options.Threads);
        Workers.Share(batches.Count, options.Threads, (_, i) => generator.Run(sorted.AsSpan(batches[i]), outputs.Generation!));
        BertTokenizer tokenizer = start.RequireDecoder().Tokenizer;
        return
        [
            .. sources.Zip(rows.Cast<SequencePairRow>(), (source, row) => (
                source.Kept.Length == 0 ? "" : tokenizer.Decode(source.Kept[0].Ids, skipSpecialTokens: true), row.Reference)),
        ];
    }

    private static TokenSequence<GeneratedSequence[]> Source(int[] ids)
    {
        var source = new TokenSequence<GeneratedSequence[]> { PairStart = ids.Length };
        source.Ids.AddRange(ids);
        return source;
    }
}
