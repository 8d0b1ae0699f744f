using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bert.MLNet.Cli.Files;

/// <summary>What tells a run from others that would write other lines: its command line, and its files by their sizes and times.</summary>
internal static class RunIdentity
{
    /// <summary>Options that change nothing in the lines.</summary>
    private static readonly string[] s_other = ["--resume", "--quiet", "--json", "--verbose"];

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static string Of(ParseResult arguments, string? dataset, string model)
    {
        var identity = new JsonObject
        {
            ["version"] = typeof(RunIdentity).Assembly.GetName().Version!.ToString(),
            ["arguments"] = new JsonArray([.. arguments.Tokens.Select(token => token.Value).Except(s_other).Select(value => JsonValue.Create(value))]),
            ["files"] = new JsonObject(FilesOf(dataset, model).Select(file => KeyValuePair.Create<string, JsonNode?>(file.FullName, $"{file.Length} bytes, {file.LastWriteTimeUtc:O}"))),
        };
        return identity.ToJsonString(s_indented);
    }

    private static IEnumerable<FileInfo> FilesOf(string? dataset, string model)
    {
        if (Directory.Exists(model))
            return new DirectoryInfo(model).EnumerateFiles().OrderBy(file => file.FullName, StringComparer.Ordinal).Concat(Of(dataset));
        return Of(model).Concat(Of(dataset));

        static IEnumerable<FileInfo> Of(string? path) => File.Exists(path) ? [new FileInfo(path)] : [];
    }
}
