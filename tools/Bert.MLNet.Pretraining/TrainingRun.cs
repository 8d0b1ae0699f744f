using System.Globalization;
using System.Runtime.InteropServices;
using Bert.MLNet.Training;
using static TorchSharp.torch;

namespace Bert.MLNet.Pretraining;

/// <summary>Runs a training from the command line, with a log on screen and in a file, and a clean stop on Ctrl-C and SIGTERM.</summary>
internal static class TrainingRun
{
    /// <returns>The exit code: 0 if the budget was used up, 130 if the run was stopped.</returns>
    public static int Run(BertForMaskedLM module, Func<BertForMaskedLM> another, IReadOnlyList<PretrainingObjective> objectives,
        PretrainingOptions options, string folder, Device? device = null)
    {
        Directory.CreateDirectory(folder);
        using var log = new StreamWriter(Path.Combine(folder, "log.txt"), append: true) { AutoFlush = true };
        using var stop = new CancellationTokenSource();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var replicas = new ModuleReplicas<BertForMaskedLM>(module, another, options.Workers, device);
        bool finished = new Pretrainer(replicas, objectives, options, Log).Run(folder, stop.Token);
        if (!finished)
            Log($"stopped; the same command continues from {TrainingCheckpoint.Latest(folder)}");
        return finished ? 0 : 130;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }

        void Log(string message)
        {
            string line = string.Create(CultureInfo.InvariantCulture, $"{DateTime.Now:HH:mm:ss} {message}");
            Console.WriteLine(line);
            log.WriteLine(line);
        }
    }
}
