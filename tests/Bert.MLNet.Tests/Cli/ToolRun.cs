using System.Text;
using System.Text.Json;
using Bert.MLNet.Cli;

namespace Bert.MLNet.Tests.Cli;

/// <summary>One run of the tool in this process: what it answered, said and wrote.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Error)
{
    public JsonElement[] Lines => [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];

    public static async Task<ToolRun> Of(string input, params string[] args)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter();
        int exitCode = await Tool.RunAsync(args, new ToolStreams(new MemoryStream(Encoding.UTF8.GetBytes(input)), output, error));
        return new ToolRun(exitCode, Encoding.UTF8.GetString(output.ToArray()), error.ToString().Trim());
    }

    /// <summary>A run in a process of its own.</summary>
    public static ToolRun Of(Ended process) => new(process.ExitCode, process.Output, process.Error.Trim());

    /// <summary>The numbers of a field.</summary>
    public static double[] Numbers(JsonElement line, string field) => Numbers(line.GetProperty(field));

    /// <summary>The numbers of lists of lists.</summary>
    public static double[] Numbers(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().SelectMany(Numbers)] : [value.GetDouble()];
}
