using System.Text.RegularExpressions;
using Bert.MLNet.Cli.Files;

namespace Bert.MLNet.Cli.Bulk;

/// <summary>What <c>--dataset</c> names: a file, a folder of files, or a pattern such as <c>data/**/*.jsonl</c>.</summary>
internal sealed class DatasetName
{
    private const char Wildcard = '*';

    private readonly string _name, _folder;
    private readonly Regex? _pattern;

    public DatasetName(string name)
    {
        _name = name;
        if (File.Exists(name) || (!Directory.Exists(name) && !name.Contains(Wildcard)))
        {
            _folder = "";
            return;
        }
        string[] steps = Directory.Exists(name) ? [name, "**", "*"] : name.Split('/', Path.DirectorySeparatorChar);
        int wild = Array.FindIndex(steps, step => step.Contains(Wildcard));
        _folder = Path.GetFullPath(wild == 0 ? "." : string.Join('/', steps[..wild]) + "/");
        _pattern = PatternOf(string.Join('/', steps[wild..]));
    }

    /// <summary>The files, in the order of their paths.</summary>
    /// <exception cref="InvalidDataException">No file matches.</exception>
    public IEnumerable<string> Files()
    {
        if (_pattern is null)
            return [_name];
        IEnumerable<string> all = Directory.Exists(_folder) ? Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories) : [];
        string[] found = [.. all.Where(Includes).Order(StringComparer.Ordinal)];
        return found.Length > 0
            ? found
            : throw new InvalidDataException(Directory.Exists(_name)
                ? $"The folder '{_name}' has no .jsonl, .tsv, .csv or .parquet files. Specify the path of a file."
                : $"No file matches '{_name}'. Enclose a pattern in quotes, and use ** for any folders.");
    }

    /// <summary>
    /// Whether a file, which may not exist yet, is among those of the folder or pattern. Hidden files, and those that other programs and
    /// this one write beside data, are not.
    /// </summary>
    public bool Includes(string path)
    {
        if (_pattern is null)
            return false;
        string relative = Path.GetRelativePath(_folder, Path.GetFullPath(path)).Replace(Path.DirectorySeparatorChar, '/');
        return !relative.Split('/').Any(step => step.StartsWith('.') || step.StartsWith('_'))
            && (Directory.Exists(_name) ? IsData(relative) : !PartManifest.Is(relative))
            && _pattern.IsMatch(relative);
    }

    /// <summary>A pattern in which ** stands for any folders, and * for any characters of a name.</summary>
    private static Regex PatternOf(string text)
    {
        string pattern = Regex.Escape(text).Replace(@"\*\*/", "(?:.*/)?", StringComparison.Ordinal)
            .Replace(@"\*", "[^/]*", StringComparison.Ordinal);
        return new Regex($"^{pattern}$", RegexOptions.CultureInvariant);
    }

    private static bool IsData(string path) => LineFile.IsDelimited(path) || ParquetRows.Is(path)
        || Path.GetExtension(path).Equals(".jsonl", StringComparison.OrdinalIgnoreCase);
}
