using System.CommandLine;
using System.Globalization;

namespace Bert.MLNet.Cli.Files;

/// <summary>One of several parts of a data set, each for a separate process.</summary>
/// <param name="Number">The number of the part, from 1.</param>
/// <param name="Count">The number of parts.</param>
internal readonly record struct Shard(int Number, int Count)
{
    public static Option<Shard?> Option()
    {
        var option = new Option<Shard?>("--shard")
        {
            Description = "Process only part i of n of the data set, such as 2/8. The file is named NAME-00002-of-00008; all parts in " +
                "order form the whole output.",
            HelpName = "i/n",
            CustomParser = result =>
            {
                string[] parts = result.Tokens[0].Value.Split('/');
                if (parts.Length == 2 && Number(parts[0]) is { } number && Number(parts[1]) is { } count && number <= count)
                    return new Shard(number, count);
                result.AddError("--shard must be i/n, such as 2/8, with i from 1 to n.");
                return null;
            },
        };
        return option;

        static int? Number(string text) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0 ? value : null;
    }

    /// <summary>The lines of the part: whole chunks, so that they are computed as in a single run.</summary>
    public (long First, long Count) Range(long lines, int chunk)
    {
        long chunks = (lines + chunk - 1) / chunk;
        long first = Math.Min(lines, chunks * (Number - 1) / Count * chunk), end = Math.Min(lines, chunks * Number / Count * chunk);
        return (first, end - first);
    }

    /// <summary>The file of the part.</summary>
    public string FileOf(string path) => Path.Combine(
        Path.GetDirectoryName(path) ?? "",
        string.Create(CultureInfo.InvariantCulture,
            $"{Path.GetFileNameWithoutExtension(path)}-{Number:D5}-of-{Count:D5}{Path.GetExtension(path)}"));
}
