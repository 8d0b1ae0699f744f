using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;

namespace Bert.MLNet.Cli.Encode;

/// <summary>Runs rows through an encoder: read a window ahead, cut into batches of similar length, and given out in their order.</summary>
internal sealed class RowEncoder(BertModel model, IReadOnlyList<NamedOutput> outputs) : IDisposable
{
    private const int WindowRows = 1024;

    /// <summary>Values that the results of a window may have, 64 MB; a longer row is a window of its own.</summary>
    private const long WindowValues = 1 << 24;

    private const int BatchTokens = 512;

    private readonly EncoderSession _session = EncoderSession.Acquire(model, new([.. outputs.Select(output => output.Output)]));

    /// <summary>Sets the results of rows.</summary>
    /// <exception cref="InvalidDataException">The checkpoint has not the tokens, types or positions of a row.</exception>
    public IEnumerable<EncodeRow> Encode(IEnumerable<EncodeRow> rows, CancellationToken cancellation)
    {
        var window = new List<EncodeRow>();
        long values = 0;
        foreach (EncodeRow row in rows)
        {
            Check(row);
            window.Add(row);
            values += outputs.Sum(output => Size(output, row));
            if (window.Count < WindowRows && values < WindowValues)
                continue;
            Run(window, cancellation);
            foreach (EncodeRow done in window)
                yield return done;
            window.Clear();
            values = 0;
        }
        Run(window, cancellation);
        foreach (EncodeRow done in window)
            yield return done;
    }

    public void Dispose() => _session.Dispose();

    private void Check(EncodeRow row)
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
            throw row.Line.Error("has an attention_mask with other values than 0 and 1.");
    }

    private void Run(List<EncodeRow> window, CancellationToken cancellation)
    {
        EncodeRow[] sorted = [.. window];
        List<Range> batches = LengthBatches.SortAndCut(sorted.AsSpan(), BatchTokens);
        var options = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.ForEach(batches, options, batch => Run(sorted.AsSpan(batch)));
    }

    private void Run(ReadOnlySpan<EncodeRow> rows)
    {
        using EncoderBatch batch = _session.Rent(rows.Length, rows[0].Length);
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i].Ids.CopyTo(batch.InputIds(i));
            rows[i].Mask.CopyTo(batch.AttentionMask(i));
            rows[i].Types.CopyTo(batch.TokenTypeIds(i));
        }
        batch.Run();
        for (int i = 0; i < rows.Length; i++)
        {
            EncodeRow row = rows[i];
            row.Results = new float[outputs.Count][];
            for (int output = 0; output < outputs.Count; output++)
                row.Results[output] = batch.Output(output, i)[..(int)Size(outputs[output], row)].ToArray();
        }
    }

    private long Size(NamedOutput output, EncodeRow row) => output.Dimensions(model.Config, row.Length).Aggregate(1L, (a, b) => a * b);
}
