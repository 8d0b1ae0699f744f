using System.Runtime.CompilerServices;

namespace Bert.MLNet.Benchmarks;

/// <summary>Files that benchmarks read.</summary>
internal static class Texts
{
    /// <summary>The root of the repository.</summary>
    public static string Repository { get; } = Root();

    /// <summary>The reviews that ship with the repository.</summary>
    public static string Reviews => Path.Combine(Repository, "data", "reviews.tsv");

    /// <summary>The vocabulary of BERT base where the fixtures lie beside the repository, else the one that ships with it.</summary>
    public static string Vocabulary =>
        Shared("vocab", "bert-base-uncased.vocab.txt") ?? Path.Combine(Repository, "data", "models", "bert-mini-en", "vocab.txt");

    /// <summary>
    /// The first <paramref name="count"/> texts of a file, one a line: what stands before the first tab. A .tsv has a header.
    /// </summary>
    public static string[] Read(string file, int count)
    {
        int header = Path.GetExtension(file) == ".tsv" ? 1 : 0;
        return [.. File.ReadLines(file).Skip(header).Select(line => line.Split('\t')[0]).Where(text => text.Length > 0).Take(count)];
    }

    /// <summary>
    /// So many texts, from the beginning again when they end: each its own string, as texts that come from somewhere are.
    /// </summary>
    public static string[] Repeat(string[] texts, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new string(texts[i % texts.Length].AsSpan()))];

    /// <summary>A file or folder in the folder <c>shared</c> beside the repository; null if it does not exist.</summary>
    public static string? Shared(params ReadOnlySpan<string> parts)
    {
        for (string? folder = Repository; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            string found = Path.Combine([folder, "shared", .. parts]);
            if (Path.Exists(found))
                return found;
        }
        return null;
    }

    private static string Root([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", ".."));
}
