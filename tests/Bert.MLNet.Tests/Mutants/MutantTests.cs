using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace Bert.MLNet.Tests.Mutants;

/// <summary>
/// Files that chance has damaged, of every kind that the library opens: each opens and computes, or is refused with its name. Nothing else
/// is thrown, nothing hangs, and no size in a file becomes memory that is not there.
/// </summary>
/// <remarks>
/// They are opened in a process of their own, whose memory is limited and whose end would be noticed. A number says which mutants there
/// are: <c>BERT_MLNET_MUTANTS=50000</c> has more of them made, <c>BERT_MLNET_FIRST_MUTANT=1234 BERT_MLNET_MUTANTS=1</c> makes that one
/// again.
/// </remarks>
public class MutantTests
{
    private const string CountVariable = "BERT_MLNET_MUTANTS", FirstVariable = "BERT_MLNET_FIRST_MUTANT",
    ReportVariable = "BERT_MLNET_MUTANTS_REPORT";
    private const string Done = "done";
    private const long MaxWorkingSet = 1500L << 20;
    private const int ManagedMemory = 256 << 20;

    private static readonly TimeSpan LongestMutant = TimeSpan.FromSeconds(30);

    [Fact]
    public void Every_mutant_opens_and_computes_or_is_refused_with_the_name_of_its_file()
    {
        using var folder = new TemporaryFolder();
        string report = folder["report"];
        ProcessStartInfo start = ChildProcess.Method(typeof(MutantTests), nameof(Open_in_a_process_of_its_own));
        (start.Environment[ReportVariable], start.Environment["DOTNET_GCHeapHardLimit"]) =
            (report, ManagedMemory.ToString("x", CultureInfo.InvariantCulture));
        string output = ChildProcess.Run(start).Output;
        string[] lines = File.Exists(report) ? File.ReadAllLines(report) : [];
        Assert.True(lines is [Done], $"{string.Join('\n', lines)}\n{output}");
    }

    /// <summary>Reports what went wrong, a line a mutant, and then that it is done.</summary>
    [Fact(Explicit = true)]
    public void Open_in_a_process_of_its_own()
    {
        using var folder = new TemporaryFolder();
        using var report = new StreamWriter(Environment.GetEnvironmentVariable(ReportVariable)!) { AutoFlush = true };
        MutantKind[] kinds =
            [.. CheckpointMutants.All(), .. TokenizerMutants.All(), .. ModelFileMutants.All(),
            .. TrainingMutants.All(folder["training"]), .. DatasetMutants.All(folder["datasets"])];
        int first = Number(FirstVariable, 0), count = Number(CountVariable, 2000), next = first - 1;
        var running = new (int Mutant, long Since)[2];
        Thread[] workers = [.. running.Select((_, place) => new Thread(() => Work(place)))];
        foreach (Thread worker in workers)
            worker.Start();
        while (workers.Any(worker => worker.IsAlive))
        {
            Thread.Sleep(100);
            foreach ((int mutant, long since) in running.ToArray())
            {
                if (since != 0 && Stopwatch.GetElapsedTime(since) > LongestMutant)
                {
                    Report(Describe(mutant) + " takes too long");
                    Environment.Exit(1);
                }
            }
        }
        long peak = Process.GetCurrentProcess().PeakWorkingSet64;
        if (peak > MaxWorkingSet)
            Report($"The process took {peak >> 20} MB");
        report.WriteLine(Done);

        void Work(int place)
        {
            for (int mutant; (mutant = Interlocked.Increment(ref next)) < first + count;)
            {
                running[place] = (mutant, Stopwatch.GetTimestamp());
                if (WhatIsWrong(kinds, mutant) is { } wrong)
                    Report($"{Describe(mutant)}: {wrong}");
                running[place] = default;
            }
        }

        string Describe(int mutant) => $"Mutant {mutant}, {kinds[mutant % kinds.Length].Name}";

        void Report(string line)
        {
            lock (report)
                report.WriteLine(line.ReplaceLineEndings(" "));
        }
    }

    private static string? WhatIsWrong(MutantKind[] kinds, int mutant)
    {
        MutantKind kind = kinds[mutant % kinds.Length];
        var random = new Random(mutant);
        byte[] bytes = Mutation.Of(kind.Content, kind.IsText, kinds[random.Next(kinds.Length)].Content, random);
        try
        {
            kind.Use(bytes);
            return null;
        }
        catch (Exception exception)
        {
            // ML.NET puts what a step throws when it is loaded, or by a thread that reads ahead, into exceptions of its own.
            while (IsWrapper(exception) && exception.InnerException is { } inner)
                exception = inner;
            // Its own parts of a model file may end early.
            bool isExpected = exception is InvalidDataException or NotSupportedException or FormatException or FileNotFoundException
                // what a row is refused with
                || (exception is InvalidOperationException
                    && (exception.Message.StartsWith("Row ", StringComparison.Ordinal)
                        || exception.Message.StartsWith("Batch ", StringComparison.Ordinal)))
                || (exception is EndOfStreamException && exception.StackTrace!.Contains("Microsoft.ML.Data.IO", StringComparison.Ordinal));
            bool namesFile = kind.Files.Count == 0 || kind.Files.Any(file => exception.Message.Contains(file, StringComparison.Ordinal));
            return isExpected && namesFile
                ? null
                : new StringBuilder().Append(exception.GetType().Name).Append(": ").Append(exception.Message).Append(exception.StackTrace)
                    .ToString();
        }
    }

    private static bool IsWrapper(Exception exception) =>
        exception is TargetInvocationException
        || (exception is InvalidOperationException
            && exception.TargetSite?.DeclaringType?.FullName?.StartsWith("Microsoft.ML.", StringComparison.Ordinal) == true);

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
