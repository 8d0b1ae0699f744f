using System.Runtime;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Bert.MLNet.Benchmarks;

/// <summary>What the numbers were measured on.</summary>
internal static class Machine
{
    public static string Description =>
        $"{Processor}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription} " +
        $"({(GCSettings.IsServerGC ? "server" : "workstation")} GC), ONNX Runtime {OrtEnv.Instance().GetVersionString()}";

    private static string Processor
    {
        get
        {
            const string cpuInfo = "/proc/cpuinfo", modelName = "model name";
            string? line = File.Exists(cpuInfo)
                ? File.ReadLines(cpuInfo).FirstOrDefault(line => line.StartsWith(modelName, StringComparison.Ordinal))
                : null;
            return line is not null ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
                : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
        }
    }
}
