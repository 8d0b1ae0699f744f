using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Bert.MLNet.Benchmarks;

/// <summary>
/// What JavaScript has for the same work, in a process of Node that does it when it is told to: see <c>node/peer.mjs</c>.
/// </summary>
internal sealed class NodePeer : IDisposable
{
    private readonly Process _process;

    /// <param name="work">What it does: <c>tokenize</c>, <c>batch</c> or <c>embed</c>.</param>
    /// <param name="folder">The model's folder.</param>
    /// <param name="texts">A JSON file of texts.</param>
    /// <param name="threads">Threads.</param>
    public NodePeer(string work, string folder, string texts, int threads)
    {
        var start = new ProcessStartInfo(
            "node", [Path.Combine(Folder, "peer.mjs"), work, folder, texts, threads.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["RAYON_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        _process = Process.Start(start)!;
        OtherProcesses.DoNotCount(_process);
        if (_process.StandardOutput.ReadLine() != "ready")
            throw new InvalidOperationException($"node/peer.mjs {work} did not start. Its messages are above.");
    }

    /// <summary>Whether there is Node, and the packages are installed.</summary>
    public static bool IsAvailable { get; } = Directory.Exists(Path.Combine(Folder, "node_modules"))
        && Environment.GetEnvironmentVariable("PATH")?
        .Split(Path.PathSeparator).Any(path => File.Exists(Path.Combine(path, OperatingSystem.IsWindows() ? "node.exe" : "node"))) == true;

    /// <summary>What to do to have it.</summary>
    public static string HowToGet =>
        "transformers.js and HuggingFace's tokenizers were left out: run `npm install` in tests/Bert.MLNet.Benchmarks/node to have them " +
        "in the table.";

    private static string Folder => Path.Combine(Path.GetDirectoryName(ThisFile())!, "node");

    /// <summary>Does the first texts, and tells what came out.</summary>
    public JsonElement Run(int count)
    {
        _process.StandardInput.WriteLine(count.ToString(CultureInfo.InvariantCulture));
        string answer = _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException("node/peer.mjs ended. Its messages are above.");
        using JsonDocument document = JsonDocument.Parse(answer);
        return document.RootElement.Clone();
    }

    public void Dispose()
    {
        OtherProcesses.Count(_process);
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
