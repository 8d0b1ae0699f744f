using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Predictors;
using Bert.MLNet.Tokenization;
using Microsoft.ML;
using Options = Bert.MLNet.BertExtractiveSummarizerEstimator.Options;

namespace Bert.MLNet.Tasks;

/// <summary>Picks sentences of texts by their scores. The sentences of all texts share batches. Thread-safe.</summary>
/// <typeparam name="TItem">What is computed at once: a sentence, or several.</typeparam>
/// <param name="options">The resolved options.</param>
internal abstract class SummaryTask<TItem>(Options options) : TextWork<SummaryRow<TItem>, TItem>, ISummarizer
    where TItem : class, IBatchItem
{
    private readonly AnswerColumns<(ReadOnlyMemory<char> Text, SentenceSummary Summary)> _answers = SummaryOutputs.AnswersOf(options);

    public BatchMapper Bind(DataViewSchema schema) => Bind(SummaryOutputs.ColumnsOf(options), schema);

    public IPrediction<string, BertSummary> CreatePrediction(IBatchStep owner, BertBatchOptions batching)
    {
        StepColumns columns = SummaryOutputs.ColumnsOf(options);
        return new RowPrediction<string, SummaryRow<TItem>, TItem, BertSummary>(
            owner, Bind(columns, columns.InputSchema), batching, text => [new SummaryRow<TItem> { Text = text.AsMemory() }],
            rows => BertSummary.Of(rows[0].Text, Summarize(rows[0]), options.Separator));
    }

    private BatchMapper<SummaryRow<TItem>, TItem> Bind(StepColumns columns, DataViewSchema schema) =>
        Bind(columns, schema, (output, current) => _answers.CreateGetter(output, () =>
        {
            SummaryRow<TItem> row = current();
            return (row.Text, row.Summary ??= Summarize(row));
        }));

    /// <summary>Returns what is to be computed for the sentences of a row.</summary>
    protected abstract TItem[] Items(SummaryRow<TItem> row);

    /// <summary>Returns the scores of the sentences, at most 1, and the similarities of all pairs, row by row.</summary>
    protected abstract (float[] Scores, float[] Similarities) Score(TItem[] items);

    protected sealed override void Tokenize(SummaryRow<TItem> row, bool hasPair)
    {
        row.Summary = null;
        List<(int Start, int End)> sentences = SentenceSplitter.Split(row.Text.Span);
        row.Sentences = sentences.Count > options.MaximumSentences ? sentences[..options.MaximumSentences] : sentences;
        row.Items = Items(row);
    }

    // Later, there is a row of similarities for each sentence. A sentence has at least some twenty characters in most texts.
    protected override long ResultSize(SummaryRow<TItem> row)
    {
        long sentences = Math.Min(row.Text.Length / 20 + 1, options.MaximumSentences);
        return sentences * sentences * sizeof(float) + row.Text.Length / 3 * sizeof(int);
    }

    private SentenceSummary Summarize(SummaryRow<TItem> row)
    {
        if (row.Sentences.Count == 0)
            return new SentenceSummary([], [], []);
        (float[] scores, float[] similarities) = Score(row.Items);
        Func<int, bool?> chooser = options.Length.Chooser(scores.Length, sentence =>
        {
            (int start, int end) = row.Sentences[sentence];
            return options.Checkpoint.Tokenizer.CountTokens(row.Text[start..end].ToString());
        });
        return new SentenceSummary(row.Sentences, scores, SentenceSelection.Pick(scores, similarities, options.Diversity, chooser));
    }
}
