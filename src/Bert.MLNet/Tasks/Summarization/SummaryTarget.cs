using Bert.MLNet.DataViews;
using Bert.MLNet.Evaluation;
using Bert.MLNet.Tokenization;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tasks;

/// <summary>
/// Texts with summaries that people wrote. The labels are the sentences that resemble the summary most. A training row is a window of
/// sentences; texts without a summary or sentences are skipped.
/// </summary>
internal sealed class SummaryTarget(DataViewSchema schema, ExtractiveSummarizationTrainer.Options options) : TrainingTarget
{
    private readonly DataViewSchema.Column _text =
        InputColumn.FindText(schema, options.InputColumnName, nameof(options.InputColumnName));

    private readonly DataViewSchema.Column _label =
        OneOrManyColumn.Find(schema, options.LabelColumnName, nameof(options.LabelColumnName), TextDataViewType.Instance);

    private long _missing;

    public override IReadOnlyList<DataViewSchema.Column> Columns => [_text, _label];

    public override string? Warning => _missing > 0
        ? $"Rows without a summary in column '{_label.Name}' or without a sentence in column '{_text.Name}', which are skipped: {_missing}."
        : null;

    public override Action CreateReader(DataViewRow row, List<TrainingRow> rows)
    {
        var getText = row.GetGetter<ReadOnlyMemory<char>>(_text);
        Func<ReadOnlyMemory<char>[]> getLabels = OneOrManyColumn.CreateReader<ReadOnlyMemory<char>>(row, _label);
        ReadOnlyMemory<char> text = default;
        return () =>
        {
            getText(ref text);
            List<(int Start, int End)> sentences = SentenceSplitter.Split(text.Span);
            string[][] references =
                [.. getLabels().Select(label => RougeTokens.Of(label.ToString(), stem: false)).Where(words => words.Length > 0)];
            if (sentences.Count == 0 || references.Length == 0)
                _missing++;
            else
                rows.AddRange(Rows(text, sentences, references, row.Position));
        };
    }

    private IEnumerable<TrainingRow> Rows(
        ReadOnlyMemory<char> text, List<(int Start, int End)> sentences, string[][] references, long position)
    {
        string[][] words = [.. sentences.Select(part => RougeTokens.Of(text[part.Start..part.End].ToString(), stem: false))];
        HashSet<int> summary = [.. GreedySummary.Pick(words, references, options.NumberOfSentences)];
        int sentence = 0;
        foreach (SentenceWindow window in SentenceWindow.Of(options.Checkpoint.Tokenizer, text, sentences, options.MaxLength!.Value))
        {
            float[] targets = new float[window.Length];
            Array.Fill(targets, TokenClassificationObjective.Ignored);
            foreach (int start in window.Starts)
                targets[start] = summary.Contains(sentence++) ? 1 : 0;
            yield return new TrainingRow([.. window.Ids], window.Length, position, targets, window.Starts.Count);
        }
    }
}
