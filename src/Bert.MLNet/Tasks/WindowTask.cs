using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>A task that reads texts in windows, as many as it takes, and makes one answer of all windows of a row. Thread-safe.</summary>
/// <typeparam name="TKept">What is kept of a window's outputs.</typeparam>
/// <typeparam name="TAnswer">The answer for a row.</typeparam>
internal abstract class WindowTask<TKept, TAnswer>(BertModel model, EncoderOutputSet outputs)
    : TextStep<WindowTask<TKept, TAnswer>.Row, TokenWindow<TKept>>(model, outputs)
    where TKept : class
    where TAnswer : class
{
    /// <summary>A mapper of these columns.</summary>
    public BatchMapper Bind(StepColumns columns, AnswerColumns<TAnswer> answers, DataViewSchema schema) =>
        Bind(columns, schema, (output, current) => answers.CreateGetter(output, () =>
        {
            Row row = current();
            return row.Answer ??= Answer(row, row.Items);
        }));

    /// <summary>Values that are kept of a token, or of a masked one where only these count.</summary>
    protected abstract int ValuesOfToken { get; }

    /// <summary>The windows of a row; none if it needs no computation.</summary>
    protected abstract TokenWindow<TKept>[] Tokenize(TextRow row);

    /// <summary>What is kept of a window's outputs.</summary>
    protected abstract TKept Kept(TokenWindow<TKept> window, SequenceOutputs outputs);

    /// <summary>The answer to a row whose windows are computed.</summary>
    protected abstract TAnswer Answer(TextRow row, TokenWindow<TKept>[] windows);

    protected sealed override void Tokenize(Row row, bool hasPair)
    {
        row.Answer = null;
        row.Items = Tokenize(row);
    }

    protected sealed override void Keep(TokenWindow<TKept> sequence, SequenceOutputs outputs) => sequence.Kept = Kept(sequence, outputs);

    // A token has three characters or more in most languages.
    protected sealed override long ResultSize(Row row) => (row.Text.Length + (long)row.Pair.Length) / 3 * sizeof(float) * ValuesOfToken;

    /// <summary>A row and, once a column asks for it, its answer.</summary>
    internal sealed class Row : TextRow<TokenWindow<TKept>>
    {
        public TAnswer? Answer { get; set; }
    }
}
