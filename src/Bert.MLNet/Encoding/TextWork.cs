using Bert.MLNet.DataViews;
using Microsoft.ML;

namespace Bert.MLNet.Encoders;

/// <summary>The work of a step that reads texts: it tokenizes each row into sequences and computes them. Thread-safe.</summary>
/// <typeparam name="TRow">The texts of a row and their sequences.</typeparam>
/// <typeparam name="TSequence">A sequence and its results.</typeparam>
internal abstract class TextWork<TRow, TSequence> : IDisposable
    where TRow : TextRow<TSequence>, new()
    where TSequence : class, IBatchItem
{
    /// <summary>Creates a mapper for columns.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="schema">The schema of the data.</param>
    /// <param name="createGetter">Creates the getter of an output for the row that its second argument returns.</param>
    public BatchMapper<TRow, TSequence> Bind(StepColumns columns, DataViewSchema schema, Func<int, Func<TRow>, Delegate> createGetter) =>
        new Mapper(this, columns, schema, createGetter);

    /// <summary>Computes sequences, the longest first.</summary>
    public abstract void Run(ReadOnlySpan<TSequence> batch);

    public abstract void Dispose();

    /// <summary>Creates the sequences of a row for another step, which runs them.</summary>
    /// <param name="row">The row with its texts.</param>
    /// <param name="hasPair">Whether rows have two texts.</param>
    public void Prepare(TRow row, bool hasPair) => Tokenize(row, hasPair);

    /// <summary>Sets the sequences of a row, or none if it needs no computation.</summary>
    /// <param name="row">The row with its texts.</param>
    /// <param name="hasPair">Whether rows have two texts.</param>
    protected abstract void Tokenize(TRow row, bool hasPair);

    /// <summary>The size of a row's results in bytes, as far as it grows with the row's length.</summary>
    protected virtual long ResultSize(TRow row) => 0;

    private sealed class Mapper(
        TextWork<TRow, TSequence> work, StepColumns columns, DataViewSchema schema, Func<int, Func<TRow>, Delegate> createGetter)
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

        public override void Prepare(TRow row) => work.Tokenize(row, HasPair);

        public override ReadOnlySpan<TSequence> ItemsOf(TRow row) => row.Items;

        public override void Run(ReadOnlySpan<TSequence> batch, bool[] activeOutputs) => work.Run(batch);

        public override Delegate CreateGetter(int output, Func<TRow> current) => createGetter(output, current);

        public override long ResultSize(TRow row, bool[] activeOutputs) => work.ResultSize(row);

        public override string Describe(TRow row)
        {
            string text = InputColumn.Describe(_inputs[0].Name, row.Text.Span);
            return !HasPair ? text : $"{text} and {InputColumn.Describe(_inputs[1].Name, row.Pair.Span)}";
        }
    }
}
