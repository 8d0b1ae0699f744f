using Bert.MLNet.Pretraining.Evaluation;

namespace Bert.MLNet.Pretraining.Translation;

/// <summary>A text and its translation.</summary>
internal sealed class TranslatedRow
{
    public string Source { get; set; } = "";

    public string Target { get; set; } = "";
}

/// <summary>Reads pairs of files in two languages, in which equal lines have the same meaning.</summary>
internal static class ParallelTexts
{
    /// <summary>Reads <c>NAME.LANGUAGE</c> or <c>NAME.LANGUAGE.gz</c> in both languages.</summary>
    /// <param name="folder">The folder of the files.</param>
    /// <param name="name">The name of the part, such as <c>train</c>.</param>
    /// <param name="source">The language of the sources, such as <c>en</c>.</param>
    /// <param name="target">The language of the targets.</param>
    /// <param name="rows">The number of first rows to read; null for all.</param>
    /// <exception cref="InvalidDataException">The files are empty, or do not have the same number of lines.</exception>
    public static TranslatedRow[] Read(string folder, string name, string source, string target, int? rows = null)
    {
        string first = FileOf(folder, $"{name}.{source}"), second = FileOf(folder, $"{name}.{target}");
        string[] sources = [.. DataLines.Read(first)], targets = [.. DataLines.Read(second)];
        if (sources.Length != targets.Length)
            throw new InvalidDataException(
                $"'{first}' has {sources.Length} lines, but '{second}' has {targets.Length}: a line must have the same meaning in both.");
        if (sources.Length == 0)
            throw new InvalidDataException($"'{first}' is empty.");
        return [.. sources.Zip(targets, (text, translation) => new TranslatedRow { Source = text, Target = translation })
            .Take(rows ?? int.MaxValue)];
    }

    private static string FileOf(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        return File.Exists(path) ? path : path + ".gz";
    }
}
