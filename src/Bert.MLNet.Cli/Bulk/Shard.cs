using System.Globalization;

namespace Bert.MLNet.Cli.Bulk;

/// <summary>One of several parts of a data set, each for a separate process.</summary>
/// <param name="Number">The number of the part, from 1.</param>
/// <param name="Count">The number of parts.</param>
internal readonly record struct Shard(int Number, int Count)
{
    /// <summary>The blocks of the part: consecutive ones, as many as in the other parts, or one more or less.</summary>
    public BlockRange Of(long blocks) =>
        new((long)((Int128)blocks * (Number - 1) / Count), (long)((Int128)blocks * Number / Count));

    /// <summary>The file of the part.</summary>
    public string FileOf(string path) => Path.Combine(
        Path.GetDirectoryName(path) ?? "",
        string.Create(CultureInfo.InvariantCulture,
            $"{Path.GetFileNameWithoutExtension(path)}-{Number:D5}-of-{Count:D5}{Path.GetExtension(path)}"));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Count}");
}

/// <summary>Consecutive blocks of a data set.</summary>
/// <param name="First">The first block, from 0.</param>
/// <param name="End">The block after the last.</param>
internal readonly record struct BlockRange(long First, long End);
