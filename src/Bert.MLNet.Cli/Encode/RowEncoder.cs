using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;

namespace Bert.MLNet.Cli.Encode;

/// <summary>Runs rows of tokens through an encoder.</summary>
internal sealed class RowEncoder(BertModel model, IReadOnlyList<NamedOutput> outputs) : IBatchWork<GivenRow, GivenSequence>, IDisposable
{
    private readonly EncoderSession _session = EncoderSession.Acquire(model, new([.. outputs.Select(output => output.Output)]));

    /// <summary>Sets the results of rows.</summary>
    /// <exception cref="InvalidDataException">The checkpoint does not have the tokens, types or positions of a row.</exception>
    public IEnumerable<GivenRow> Encode(IEnumerable<GivenRow> rows, CancellationToken cancellation) =>
        EnumeratedRows.Compute(rows.Select(Checked), owner: null, this, new BertBatchOptions(), [.. outputs.Select(_ => true)],
            cancellation);

    public void Dispose() => _session.Dispose();

    public void Prepare(GivenRow row)
    {
    }

    public ReadOnlySpan<GivenSequence> ItemsOf(GivenRow row) => row.Items;

    public void Run(ReadOnlySpan<GivenSequence> batch, bool[] activeOutputs) => _session.Run(batch, Keep);

    public long ResultSize(GivenRow row, bool[] activeOutputs) => sizeof(float) * outputs.Sum(output => Size(output, row));

    public string Describe(GivenRow row) => $"{row.Line.Place} ({row.Length} tokens)";

    private GivenRow Checked(GivenRow row)
    {
        try
        {
            _session.Check(row.Ids, row.Types);
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw row.Line.Error($"does not fit the checkpoint: {ErrorText.Of(error)}", error);
        }
        if (row.Mask.AsSpan().ContainsAnyExcept(0, 1))
            throw row.Line.Error("has an attention_mask with values other than 0 and 1.");
        return row;
    }

    private void Keep(GivenSequence row, SequenceOutputs computed)
    {
        row.Results = new float[outputs.Count][];
        for (int i = 0; i < outputs.Count; i++)
            row.Results[i] = computed[i][..(int)Size(outputs[i], row)].ToArray();
    }

    private long Size(NamedOutput output, GivenSequence row) => output.Dimensions(model.Config, row.Length).Aggregate(1L, (a, b) => a * b);
}
