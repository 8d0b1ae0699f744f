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
        return
        [
            .. from line in Run(programFolder ?? AppContext.BaseDirectory, modelFile, texts, column)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
               select line.Trim().Split(' ').Select(hex => BitConverter.UInt32BitsToSingle(Convert.ToUInt32(hex, 16))).ToArray(),
        ];
    }

    /// <summary>What the program prints for some arguments.</summary>
    public static string Run(string programFolder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(programFolder, "Bert.MLNet.Consumer.dll"), .. arguments]);
        start.Environment.Remove("LIBTORCH"); // it would lend the program what it is said to lack
        return ChildProcess.Run(start).Successful;
    }

    /// <summary>Where the program is without anything that tests bring along, such as libtorch.</summary>
    public static string FolderWithoutTorch
    {
        get
        {
            string folder = AppContext.BaseDirectory.Replace("Bert.MLNet.Tests", "Bert.MLNet.Consumer", StringComparison.Ordinal);
            Assert.DoesNotContain(Directory.GetFiles(folder, "*", SearchOption.AllDirectories),
                path => Path.GetFileName(path).Contains("torch_cpu", StringComparison.Ordinal));
            return folder;
        }
    }
}
