using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.DataViews;

/// <summary>
/// A batching transformer without a network: splits a text at '|' into items, reverses each, and adds the joined result and its length.
/// Keeps what it was asked to run, so that tests can look at the batches.
/// </summary>
internal sealed class ReversingTransformer(MLContext ml, BertBatchOptions options)
    : BertTransformer(ml, new Options { Batching = options.Validated() })
{
    private sealed record Options : BertStepOptions;

    public List<int[]> Batches { get; } = [];

    public int Prepared;

    /// <summary>How many threads prepared rows or ran batches at the same time, at most.</summary>
    public int MostAtOnce;

    private int _now;

    private void Busily(Action work)
    {
        int now = Interlocked.Increment(ref _now);
        for (int most = MostAtOnce; now > most; most = MostAtOnce)
            Interlocked.CompareExchange(ref MostAtOnce, now, most);
        Thread.Yield();
        work();
        Interlocked.Decrement(ref _now);
    }

    public bool Disposed { get; private set; }

    private protected override BatchMapper Bind(DataViewSchema inputSchema) =>
        new Mapper(this, InputColumn.FindText(inputSchema, "Text", "inputColumnName"));

    private protected override void Release() => Disposed = true;

    internal sealed class Row
    {
        public string Text = "";
        public Item[] Items = [];
    }

    internal sealed class Item : IBatchItem
    {
        public string Text = "";
        public string Reversed = "";

        public int Length => Text.Length;
    }

    private sealed class Mapper(ReversingTransformer parent, DataViewSchema.Column text) : BatchMapper<Row, Item>
    {
        public override IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns { get; } =
            [new("Reversed", TextDataViewType.Instance), new("Length", NumberDataViewType.Int32)];

        public override IReadOnlyList<int> InputColumns => [text.Index];

        public override Action<Row> CreateReader(DataViewRow input)
        {
            var getter = input.GetGetter<ReadOnlyMemory<char>>(text);
            ReadOnlyMemory<char> value = default;
            return row =>
            {
                getter(ref value);
                row.Text = value.ToString();
            };
        }

        public override void Prepare(Row row)
        {
            if (row.Text.Contains("unpreparable", StringComparison.Ordinal))
                throw new FormatException("cannot be prepared.");
            Interlocked.Increment(ref parent.Prepared);
            parent.Busily(() => row.Items = [.. row.Text.Split('|').Select(t => new Item { Text = t })]);
        }

        public override ReadOnlySpan<Item> ItemsOf(Row row) => row.Items;

        public override void Run(ReadOnlySpan<Item> batch, bool[] activeOutputs)
        {
            var lengths = new List<int>();
            foreach (Item item in batch)
            {
                if (item.Text.Contains("unrunnable", StringComparison.Ordinal))
                    throw new FormatException("cannot be run.");
                item.Reversed = new string([.. item.Text.Reverse()]);
                lengths.Add(item.Length);
            }
            parent.Busily(() =>
            {
                lock (parent.Batches)
                    parent.Batches.Add([.. lengths]);
            });
        }

        public override Delegate CreateGetter(int output, Func<Row> current) => output == 0
            ? (ValueGetter<ReadOnlyMemory<char>>)(
                (ref ReadOnlyMemory<char> value) => value = string.Join('|', current().Items.Select(i => i.Reversed)).AsMemory())
            : (ValueGetter<int>)((ref int value) => value = current().Items.Sum(i => i.Reversed.Length));

        public override string Describe(Row row) => $"column 'Text' (\"{row.Text}\")";
    }
}
