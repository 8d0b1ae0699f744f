using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>A task that reads texts in any number of windows and computes one answer from all windows of a row. Thread-safe.</summary>
/// <typeparam name="TKept">The part of a window's outputs that is kept.</typeparam>
/// <typeparam name="TAnswer">The answer for a row.</typeparam>
internal abstract class WindowTask<TKept, TAnswer>(BertModel model, EncoderOutputSet outputs)
    : TextStep<WindowTask<TKept, TAnswer>.Row, TokenWindow<TKept>>(model, outputs)
    where TKept : class
    where TAnswer : class
{
    /// <summary>Creates a mapper of these columns.</summary>
    public BatchMapper<Row, TokenWindow<TKept>> Bind(StepColumns columns, AnswerColumns<TAnswer> answers, DataViewSchema schema) =>
        Bind(columns, schema, (output, current) => answers.CreateGetter(output, () => AnswerOf(current())));

    /// <summary>Returns the answer for a row whose windows have been computed.</summary>
    public TAnswer AnswerOf(Row row) => row.Answer ??= Answer(row, row.Items);

    /// <summary>The number of values that are kept for a token. Tasks that need only masked tokens keep them only for these.</summary>
    protected abstract int ValuesOfToken { get; }

    /// <summary>Returns the windows of a row, or none if it needs no computation.</summary>
    protected abstract TokenWindow<TKept>[] Tokenize(TextRow row);

    /// <summary>Returns the part of a window's outputs to keep.</summary>
    protected abstract TKept Kept(TokenWindow<TKept> window, SequenceOutputs outputs);

    /// <summary>Returns the answer for a row whose windows have been computed.</summary>
    protected abstract TAnswer Answer(TextRow row, TokenWindow<TKept>[] windows);

    protected sealed override void Tokenize(Row row, bool hasPair)
    {
        row.Answer = null;
        row.Items = Tokenize(row);
    }

    protected sealed override void Keep(TokenWindow<TKept> sequence, SequenceOutputs outputs) => sequence.Kept = Kept(sequence, outputs);

    // A token has at least three characters in most languages.
    protected sealed override long ResultSize(Row row) =>
        (row.Text.Length + (long)row.Pair.Length) / 3 * sizeof(float) * ValuesOfToken;

    /// <summary>A row and, once a column requests it, its answer.</summary>
    internal sealed class Row : TextRow<TokenWindow<TKept>>
    {
        public TAnswer? Answer { get; set; }
    }
}
