using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>A task that reads texts in windows, as many as it takes, and makes one answer of what the encoder says about all windows of a row. Thread-safe.</summary>
/// <typeparam name="TAnswer">The answer for a row.</typeparam>
internal abstract class WindowTask<TAnswer> : IDisposable
    where TAnswer : class
{
    private readonly EncoderSession _session;

    /// <summary>Opens the encoder.</summary>
    /// <exception cref="NotSupportedException">The checkpoint cannot compute one of the outputs.</exception>
    protected WindowTask(BertModel model, EncoderOutputs outputs) => _session = EncoderSession.Acquire(model, outputs);

    /// <summary>A mapper of these columns.</summary>
    public BatchMapper Bind(TextColumns columns, AnswerColumns<TAnswer> answers, DataViewSchema schema) => new Mapper(this, columns, answers, schema);

    public void Dispose() => _session.Dispose();

    /// <summary>The windows of a row.</summary>
    protected abstract TokenWindow[] Tokenize(TextRow row);

    /// <summary>What is kept of a window's outputs.</summary>
    /// <param name="batch">The batch, computed.</param>
    /// <param name="row">The window's row in it.</param>
    /// <param name="position">The place of its first masked token among those of the batch.</param>
    /// <param name="window">The window.</param>
    protected abstract float[][] Keep(EncoderBatch batch, int row, int position, TokenWindow window);

    /// <summary>The answer to a row whose windows are computed.</summary>
    protected abstract TAnswer Answer(TextRow row, TokenWindow[] windows);

    /// <summary>Values that are kept of a token.</summary>
    protected abstract int ValuesOfToken { get; }

    private void Run(ReadOnlySpan<TokenWindow> windows)
    {
        int positions = 0;
        foreach (TokenWindow window in windows)
            positions += window.MaskedTokens.Length;
        using EncoderBatch batch = _session.Rent(windows.Length, windows[0].Length, positions);
        int position = 0;
        for (int row = 0; row < windows.Length; row++)
        {
            batch.Fill(row, windows[row].Ids, windows[row].PairStart);
            foreach (int token in windows[row].MaskedTokens)
                batch.MaskedPositions[position++] = row * batch.Length + token;
        }
        batch.Run();
        position = 0;
        for (int row = 0; row < windows.Length; row++)
        {
            windows[row].Outputs = Keep(batch, row, position, windows[row]);
            position += windows[row].MaskedTokens.Length;
        }
    }

    private sealed class Row : TextRow
    {
        public TokenWindow[] Windows { get; set; } = [];

        /// <summary>Made for the first column that asks for it.</summary>
        public TAnswer? Answer { get; set; }
    }

    private sealed class Mapper(WindowTask<TAnswer> task, TextColumns columns, AnswerColumns<TAnswer> answers, DataViewSchema schema) : TextMapper<Row, TokenWindow>(columns, schema)
    {
        public override void Prepare(Row row)
        {
            row.Answer = null;
            row.Windows = task.Tokenize(row);
        }

        public override ReadOnlySpan<TokenWindow> ItemsOf(Row row) => row.Windows;

        public override void Run(ReadOnlySpan<TokenWindow> batch, ReadOnlySpan<bool> activeOutputs) => task.Run(batch);

        public override Delegate CreateGetter(int output, Func<Row> current) => answers.CreateGetter(output, () =>
        {
            Row row = current();
            return row.Answer ??= task.Answer(row, row.Windows);
        });

        // Few languages have more tokens than a third of their characters.
        public override long ResultSize(Row row, ReadOnlySpan<bool> activeOutputs) => (row.Text.Length + (long)row.Pair.Length) / 3 * sizeof(float) * task.ValuesOfToken;
    }
}
