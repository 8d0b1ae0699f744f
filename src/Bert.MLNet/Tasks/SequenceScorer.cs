using System.Runtime.InteropServices;
using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>A text or pair to the logits of a row's labels. Thread-safe.</summary>
internal sealed class SequenceScorer : IDisposable
{
    private readonly BertModel _model;
    private readonly EncoderSession _session;
    private readonly int _width;
    private readonly int _maxLength;
    private readonly bool _hasPair;

    /// <summary>Opens the encoder.</summary>
    /// <param name="model">The checkpoint.</param>
    /// <param name="logits">The logits of which head: one for each label of a row.</param>
    /// <param name="maxLength">The longest sequence in tokens.</param>
    /// <param name="hasPair">Whether rows are pairs.</param>
    /// <exception cref="NotSupportedException">The checkpoint has no head for it.</exception>
    public SequenceScorer(BertModel model, EncoderOutput logits, int maxLength, bool hasPair)
    {
        _model = model;
        _maxLength = maxLength;
        _hasPair = hasPair;
        _width = (int)logits.Shape(model.Config, rows: 1, length: 1, positions: 0)[^1];
        _session = EncoderSession.Acquire(model, new(logits));
    }

    /// <summary>A mapper of these columns whose outputs are made from the logits of a row.</summary>
    public BatchMapper Bind(StepColumns columns, DataViewSchema schema, Func<int, Func<SequenceRow>, Delegate> createGetter) => new Mapper(this, columns, schema, createGetter);

    public void Dispose() => _session.Dispose();

    private void Tokenize(SequenceRow row)
    {
        row.Ids.Clear();
        _model.Tokenizer.EncodeTo(row.Text.Span, row.Pair.Span, _hasPair, _maxLength, BertTruncation.LongestFirst, row.Ids, out int pairStart);
        row.PairStart = pairStart;
    }

    private void Run(ReadOnlySpan<SequenceRow> rows)
    {
        using EncoderBatch batch = _session.Rent(rows.Length, rows[0].Length);
        for (int i = 0; i < rows.Length; i++)
            batch.Fill(i, CollectionsMarshal.AsSpan(rows[i].Ids), rows[i].PairStart);
        batch.Run();
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i].Logits.Length == 0)
                rows[i].Logits = new float[_width];
            batch.Output(0, i).CopyTo(rows[i].Logits);
        }
    }

    private sealed class Mapper(SequenceScorer scorer, StepColumns columns, DataViewSchema schema, Func<int, Func<SequenceRow>, Delegate> createGetter)
        : TextMapper<SequenceRow, SequenceRow>(columns, schema)
    {
        public override void Prepare(SequenceRow row) => scorer.Tokenize(row);

        public override ReadOnlySpan<SequenceRow> ItemsOf(SequenceRow row) => row.Items;

        public override void Run(ReadOnlySpan<SequenceRow> batch, ReadOnlySpan<bool> activeOutputs) => scorer.Run(batch);

        public override Delegate CreateGetter(int output, Func<SequenceRow> current) => createGetter(output, current);
    }
}
