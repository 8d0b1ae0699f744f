using System.CommandLine;
using System.Globalization;

namespace Bert.MLNet.Cli.Files;

/// <summary>One of several parts of a data set, each for a process of its own.</summary>
/// <param name="Number">Which part, from 1.</param>
/// <param name="Count">Of how many.</param>
internal readonly record struct Shard(int Number, int Count)
{
    public static Option<Shard?> Option()
    {
        var option = new Option<Shard?>("--shard")
        {
            Description = "Answer part i of n, such as 2/8, of the data set alone. The file is then called NAME-00002-of-00008, and all in their order make the whole.",
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

        static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0 ? value : null;
    }

    /// <summary>The lines of the part: whole chunks, so that they are computed as they are in the whole.</summary>
    public (long First, long Count) Range(long lines, int chunk)
    {
        long chunks = (lines + chunk - 1) / chunk;
        long first = Math.Min(lines, chunks * (Number - 1) / Count * chunk), end = Math.Min(lines, chunks * Number / Count * chunk);
        return (first, end - first);
    }

    /// <summary>The file of the part.</summary>
    public string FileOf(string path) => Path.Combine(
        Path.GetDirectoryName(path) ?? "",
        string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(path)}-{Number:D5}-of-{Count:D5}{Path.GetExtension(path)}"));
}
