using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Microsoft.ML;
using Options = Bert.MLNet.BertExplanationEstimator.Options;

namespace Bert.MLNet.Tasks;

/// <summary>Computes the weights of words, with batches of items of any rows. Thread-safe.</summary>
/// <typeparam name="TItem">What is computed at once for a row, or for a word of it.</typeparam>
/// <param name="options">The resolved options.</param>
internal abstract class ExplanationTask<TItem>(Options options) : TextWork<ExplanationRow<TItem>, TItem>, IExplainer
    where TItem : class, IBatchItem
{
    private readonly StepColumns _columns = ExplanationOutputs.ColumnsOf(options);
    private readonly AnswerColumns<BertExplanation> _answers = ExplanationOutputs.AnswersOf(options);
    private readonly string _prompt = options.ReadsVectors ? options.Embedding.Prompt! : "";
    private readonly IReadOnlyList<string> _labels = options.Checkpoint.Config.LabelNames;

    public BatchMapper Bind(DataViewSchema schema) => BindTo(schema);

    public IEnumerable<BertExplanation> Explain(
        IEnumerable<string?> texts, IEnumerable<string?>? pairs, IBatchStep owner, CancellationToken cancellationToken)
    {
        if (pairs is null != options.PairColumnName is null)
            throw new ArgumentException(
                pairs is null ? "The step reads two texts. Pass the second ones." : "The step reads one text. Pass no second ones.",
                nameof(pairs));
        bool[] active = [.. _columns.Outputs.Select(_ => true)];
        return EnumeratedRows.Compute(Rows(texts, pairs), owner, BindTo(_columns.InputSchema), options.Batching, active, cancellationToken)
            .Select(AnswerOf);
    }

    /// <summary>Returns what is to be computed for the texts of a row.</summary>
    protected abstract TItem[] Items(ExplainedTexts texts);

    /// <summary>Returns the score of a row, the drop of the score for each word, and the explained label's index.</summary>
    protected abstract (float Score, IEnumerable<float> Weights, int Label) Weigh(ExplainedTexts texts, TItem[] items);

    protected sealed override void Tokenize(ExplanationRow<TItem> row, bool hasPair)
    {
        row.Answer = null;
        row.Texts = ExplainedTexts.Read(options, _prompt, row.Text.ToString(), hasPair ? row.Pair.ToString() : null);
        row.Items = Items(row.Texts);
    }

    private BatchMapper<ExplanationRow<TItem>, TItem> BindTo(DataViewSchema schema) =>
        Bind(_columns, schema, (output, current) => _answers.CreateGetter(output, () => AnswerOf(current())));

    private BertExplanation AnswerOf(ExplanationRow<TItem> row)
    {
        if (row.Answer is { } known)
            return known;
        (float score, IEnumerable<float> weights, int label) = Weigh(row.Texts, row.Items);
        string? name = options.Target == BertExplanationTarget.Label ? _labels[label] : null;
        return row.Answer = new BertExplanation(row.Texts.Text, row.Texts.Pair, name, score, row.Texts.Weighted(weights));
    }

    private static IEnumerable<ExplanationRow<TItem>> Rows(IEnumerable<string?> texts, IEnumerable<string?>? pairs)
    {
        using IEnumerator<string?>? others = pairs?.GetEnumerator();
        foreach (string? text in texts)
        {
            if (others is not null && !others.MoveNext())
                throw new ArgumentException("There are fewer second texts than texts. Pass one for each.", nameof(pairs));
            yield return new() { Text = text.AsMemory(), Pair = others?.Current.AsMemory() ?? default };
        }
        if (others?.MoveNext() == true)
            throw new ArgumentException("There are more second texts than texts. Pass one for each.", nameof(pairs));
    }
}
