using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>A task that reads texts in windows, as many as it takes, and makes one answer of what the encoder says about all windows of a row. Thread-safe.</summary>
/// <typeparam name="TKept">What is kept of a window's outputs.</typeparam>
/// <typeparam name="TAnswer">The answer for a row.</typeparam>
internal abstract class WindowTask<TKept, TAnswer> : IDisposable
    where TKept : class
    where TAnswer : class
{
    private readonly EncoderSession _session;

    /// <summary>
    /// Opens the encoder. What can fail besides belongs into initializers of fields, which run before this, so that no session stays open.
    /// </summary>
    /// <exception cref="NotSupportedException">The checkpoint cannot compute one of the outputs.</exception>
    protected WindowTask(BertModel model, EncoderOutputSet outputs) => _session = EncoderSession.Acquire(model, outputs);

    /// <summary>A mapper of these columns.</summary>
    public BatchMapper Bind(StepColumns columns, AnswerColumns<TAnswer> answers, DataViewSchema schema) => new Mapper(this, columns, answers, schema);

    public void Dispose() => _session.Dispose();

    /// <summary>Values that are kept of a token, or of a masked one where only these count.</summary>
    protected abstract int ValuesOfToken { get; }

    /// <summary>The windows of a row; none if it needs no computation.</summary>
    protected abstract TokenWindow<TKept>[] Tokenize(TextRow row);

    /// <summary>What is kept of a window's outputs.</summary>
    /// <param name="batch">The batch, computed.</param>
    /// <param name="row">The window's row in it.</param>
    /// <param name="position">The place of its first masked token among those of the batch.</param>
    /// <param name="window">The window.</param>
    protected abstract TKept Keep(EncoderBatch batch, int row, int position, TokenWindow<TKept> window);

    /// <summary>The answer to a row whose windows are computed.</summary>
    protected abstract TAnswer Answer(TextRow row, TokenWindow<TKept>[] windows);

    private void Run(ReadOnlySpan<TokenWindow<TKept>> windows)
    {
        int positions = 0;
        foreach (TokenWindow<TKept> window in windows)
            positions += window.MaskedTokens.Count;
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
            windows[row].Kept = Keep(batch, row, position, windows[row]);
            position += windows[row].MaskedTokens.Count;
        }
    }

    private sealed class Row : TextRow
    {
        public TokenWindow<TKept>[] Windows { get; set; } = [];

        /// <summary>Made for the first column that asks for it.</summary>
        public TAnswer? Answer { get; set; }
    }

    private sealed class Mapper(WindowTask<TKept, TAnswer> task, StepColumns columns, AnswerColumns<TAnswer> answers, DataViewSchema schema)
        : TextMapper<Row, TokenWindow<TKept>>(columns, schema)
    {
        public override void Prepare(Row row)
        {
            row.Answer = null;
            row.Windows = task.Tokenize(row);
        }

        public override ReadOnlySpan<TokenWindow<TKept>> ItemsOf(Row row) => row.Windows;

        public override void Run(ReadOnlySpan<TokenWindow<TKept>> batch, ReadOnlySpan<bool> activeOutputs) => task.Run(batch);

        public override Delegate CreateGetter(int output, Func<Row> current) => answers.CreateGetter(output, () =>
        {
            Row row = current();
            return row.Answer ??= task.Answer(row, row.Windows);
        });

        // A token has three characters or more in most languages.
        public override long ResultSize(Row row, ReadOnlySpan<bool> activeOutputs) => (row.Text.Length + (long)row.Pair.Length) / 3 * sizeof(float) * task.ValuesOfToken;
    }
}
