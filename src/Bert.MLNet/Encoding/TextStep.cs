using Bert.MLNet.DataViews;
using Microsoft.ML;

namespace Bert.MLNet.Encoders;

/// <summary>
/// The work of a step that reads texts: it tokenizes each row into sequences, and keeps the required outputs of the encoder for each.
/// Thread-safe.
/// </summary>
/// <typeparam name="TRow">The texts of a row and their sequences.</typeparam>
/// <typeparam name="TSequence">A sequence and its kept outputs.</typeparam>
internal abstract class TextStep<TRow, TSequence> : IDisposable
    where TRow : TextRow<TSequence>, new()
    where TSequence : class, ISequence
{
    private readonly EncoderSession _session;
    private readonly Action<TSequence, SequenceOutputs> _keep;

    /// <summary>
    /// Opens the encoder. Anything else that can fail belongs in field initializers, which run before this, so that no session remains
    /// open.
    /// </summary>
    /// <exception cref="NotSupportedException">The checkpoint cannot compute one of the outputs.</exception>
    protected TextStep(BertModel model, EncoderOutputSet outputs)
    {
        _session = EncoderSession.Acquire(model, outputs);
        _keep = Keep;
    }

    /// <summary>Creates a mapper for columns.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="schema">The schema of the data.</param>
    /// <param name="createGetter">Creates the getter of an output for the row that its second argument returns.</param>
    public BatchMapper<TRow, TSequence> Bind(StepColumns columns, DataViewSchema schema, Func<int, Func<TRow>, Delegate> createGetter) =>
        new Mapper(this, columns, schema, createGetter);

    public void Dispose() => _session.Dispose();

    /// <summary>Sets the sequences of a row, or none if it needs no computation.</summary>
    /// <param name="row">The row with its texts.</param>
    /// <param name="hasPair">Whether rows have two texts.</param>
    protected abstract void Tokenize(TRow row, bool hasPair);

    /// <summary>Keeps the required outputs of a sequence.</summary>
    protected abstract void Keep(TSequence sequence, SequenceOutputs outputs);

    /// <summary>The size of a row's results in bytes, as far as it grows with the row's length.</summary>
    protected virtual long ResultSize(TRow row) => 0;

    private sealed class Mapper(
        TextStep<TRow, TSequence> step, StepColumns columns, DataViewSchema schema, Func<int, Func<TRow>, Delegate> createGetter)
        : BatchMapper<TRow, TSequence>
    {
        private readonly DataViewSchema.Column[] _inputs = columns.Bind(schema);

        public override IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns => columns.Outputs;

        public override IReadOnlyList<int> InputColumns => [.. _inputs.Select(input => input.Index)];

        private bool HasPair => columns.Inputs.Count > 1;

        public override Action<TRow> CreateReader(DataViewRow input)
        {
            Action<TRow> texts = CreateTextReader(input);
            if (columns.Labels is null)
                return texts;
            Func<IReadOnlyList<string>> labels = LabelsColumn.CreateReader(input, _inputs[^1]);
            return row =>
            {
                texts(row);
                row.Labels = labels();
            };
        }

        private Action<TRow> CreateTextReader(DataViewRow input)
        {
            if (columns.HasWords)
                return WordsColumn.CreateReader(input, _inputs[0]);
            var text = input.GetGetter<ReadOnlyMemory<char>>(_inputs[0]);
            if (!HasPair)
                return row => text(ref row.Text);
            var pair = input.GetGetter<ReadOnlyMemory<char>>(_inputs[1]);
            return row =>
            {
                text(ref row.Text);
                pair(ref row.Pair);
            };
        }

        public override void Prepare(TRow row) => step.Tokenize(row, HasPair);

        public override ReadOnlySpan<TSequence> ItemsOf(TRow row) => row.Items;

        public override void Run(ReadOnlySpan<TSequence> batch, bool[] activeOutputs) => step._session.Run(batch, step._keep);

        public override Delegate CreateGetter(int output, Func<TRow> current) => createGetter(output, current);

        public override long ResultSize(TRow row, bool[] activeOutputs) => step.ResultSize(row);

        public override string Describe(TRow row)
        {
            string text = InputColumn.Describe(_inputs[0].Name, row.Text.Span);
            return !HasPair ? text : $"{text} and {InputColumn.Describe(_inputs[1].Name, row.Pair.Span)}";
        }
    }
}
