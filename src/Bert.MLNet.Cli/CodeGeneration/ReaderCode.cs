using System.Text.RegularExpressions;

namespace Bert.MLNet.Cli.CodeGeneration;

/// <summary>The reader of a project: the tool's own source files, so that both read the same rows and cells.</summary>
internal static partial class ReaderCode
{
    /// <summary>Combines source files of the tool into one.</summary>
    /// <param name="namespaceName">The namespace of the project.</param>
    /// <param name="files">The names of files that are embedded in the tool.</param>
    public static string Create(string namespaceName, params IEnumerable<string> files)
    {
        var usings = new SortedSet<string>(StringComparer.Ordinal);
        var types = new List<string>();
        foreach (string file in files)
        {
            using var reader = new StreamReader(typeof(ReaderCode).Assembly.GetManifestResourceStream(file)!);
            string[] parts = Namespace().Split(reader.ReadToEnd().ReplaceLineEndings("\n"), 2);
            usings.UnionWith(parts[0].Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => !line.StartsWith("using Bert.MLNet", StringComparison.Ordinal)));
            types.Add(parts[1].Trim());
        }
        return $"{string.Join('\n', usings)}\n\nnamespace {namespaceName};\n\n{string.Join("\n\n", types)}\n";
    }

    [GeneratedRegex(@"^namespace [\w.]+;$", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
