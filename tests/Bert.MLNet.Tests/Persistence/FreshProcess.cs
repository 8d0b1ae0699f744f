using System.Diagnostics;

namespace Bert.MLNet.Tests.Persistence;

/// <summary>Runs a saved model in a new process that references the library and uses none of its types.</summary>
internal static class FreshProcess
{
    /// <summary>The values of a column, a row for each line of texts; bit for bit.</summary>
    /// <param name="modelFile">The model.</param>
    /// <param name="lines">The texts.</param>
    /// <param name="column">The column that is read.</param>
    /// <param name="programFolder">Where the program is; by default beside the tests, with all that these bring along.</param>
    public static float[][] Run(string modelFile, IEnumerable<string> lines, string column, string? programFolder = null)
    {
        using var folder = new TemporaryFolder();
        string texts = folder["texts.tsv"];
        File.WriteAllLines(texts, lines);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(programFolder ?? AppContext.BaseDirectory, "Bert.MLNet.Consumer.dll"), modelFile, texts, column])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return
        [
            .. from line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
               select line.Trim().Split(' ').Select(hex => BitConverter.UInt32BitsToSingle(Convert.ToUInt32(hex, 16))).ToArray(),
        ];
    }
}
