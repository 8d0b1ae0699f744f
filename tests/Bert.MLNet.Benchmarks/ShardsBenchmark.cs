using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Bert.MLNet.Benchmarks;

/// <summary>
/// Weak scaling of <c>bert-mlnet embed --shard i/n</c>: as many texts for each of 1, 2 and 4 processes that run at once with one thread
/// each, and what a part costs beside the model.
/// </summary>
internal static class ShardsBenchmark
{
    public static Command Command()
    {
        var texts = new Option<FileInfo>("--texts")
        {
            Description = "A file of sentences, one a line; of a .tsv the first column, without its header. They are repeated.",
            DefaultValueFactory = _ => new FileInfo(Texts.Reviews),
        };
        var count = new Option<int>("--count") { Description = "The number of texts of a part.", DefaultValueFactory = _ => 8_000 };
        var parts = new Option<int[]>("--parts")
        {
            Description = "The numbers of parts.",
            DefaultValueFactory = _ => [1, 2, 4],
            AllowMultipleArgumentsPerToken = true,
        };
        var shape = new Option<string>("--shape")
        {
            Description = "Seeded weights in the shape of this checkpoint.",
            DefaultValueFactory = _ => "MiniLM-L6",
        };
        shape.AcceptOnlyFromAmong([.. SeededShape.All.Keys]);
        var format = new Option<string>("--format")
        {
            Description = "The format of texts and vectors: jsonl, csv or parquet vectors.",
            DefaultValueFactory = _ => "jsonl",
        };
        format.AcceptOnlyFromAmong("jsonl", "csv", "parquet");
        var command = new Command(
            "shards", "Weak scaling of the command line's parts, one thread each, and their cost beside the model.")
        {
            texts, count, parts, shape, format,
        };
        command.SetAction(arguments =>
        {
            string folder = Directory.CreateTempSubdirectory().FullName;
            try
            {
                BertModel model = SeededModel.Create(arguments.GetRequiredValue(shape), Texts.Vocabulary);
                string checkpoint = Path.Combine(folder, "model");
                model.SavePretrained(checkpoint);
                string[] rows = Texts.Read(arguments.GetRequiredValue(texts).FullName, int.MaxValue);
                int size = arguments.GetValue(count);
                Console.WriteLine(Machine.Description);
                Console.WriteLine($"{model}, {size:N0} texts a part, one thread each");
                TimeSpan bare = Bare(BertModel.FromPretrained(checkpoint), Texts.Repeat(rows, size));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"The model alone, in this process: {bare.TotalSeconds:F2} seconds of a processor"));
                Console.WriteLine();
                Console.WriteLine(
                    "| parts | seconds | efficiency | processor seconds of a part | beside the model | merge, seconds |");
                Console.WriteLine(
                    "| ----: | ------: | ---------: | --------------------------: | ---------------: | -------------: |");
                double? first = null;
                foreach (int number in arguments.GetRequiredValue(parts))
                    first = Measure(new Work(folder, checkpoint, arguments.GetRequiredValue(format), rows, size, bare), number, first);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    /// <summary>Runs all parts at once and prints a row.</summary>
    /// <returns>The seconds of the first row.</returns>
    private static double Measure(Work work, int parts, double? first)
    {
        string input = work.Write(parts), output = Path.Combine(work.Folder, $"vectors.{work.Format}");
        long start = Stopwatch.GetTimestamp();
        Process[] running = [.. Enumerable.Range(1, parts).Select(number => Start(
            "embed", "--model", work.Checkpoint, "--dataset", input, "--output", output, "--resume", "--quiet",
            "--shard", $"{number}/{parts}"))];
        TimeSpan[] used = new TimeSpan[parts];
        Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = parts }, i => used[i] = End(running[i]));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        start = Stopwatch.GetTimestamp();
        End(Start("merge", "--output", output, "--quiet"));
        double merge = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double processor = used.Average(time => time.TotalSeconds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {parts} | {seconds:F2} | {(first ?? seconds) / seconds:P1} | {processor:F2} | " +
            $"{1 - (work.Bare.TotalSeconds / processor):P1} | {merge:F2} |"));
        foreach (string file in Directory.GetFiles(work.Folder, "vectors*"))
            File.Delete(file);
        return first ?? seconds;
    }

    private static TimeSpan Bare(BertModel model, string[] texts)
    {
        using BertEmbeddingTransformer transformer = BertEmbeddingTransformer.Create(
            model, new BertEmbeddingOptions { Batching = new BertBatchOptions { NumberOfThreads = 1 } });
        transformer.Embed(texts.Take(100)); // the compiler's
        using var self = Process.GetCurrentProcess();
        TimeSpan before = self.TotalProcessorTime;
        transformer.Embed(texts);
        self.Refresh();
        return self.TotalProcessorTime - before;
    }

    private static Process Start(params string[] arguments)
    {
        string tool = Path.Combine(
            Texts.Repository, "src", "Bert.MLNet.Cli", "bin", "Release", "net10.0", "Bert.MLNet.Cli.dll");
        var start = new ProcessStartInfo("dotnet", [tool, .. arguments]);
        start.Environment["DOTNET_PROCESSOR_COUNT"] = "1";
        return Process.Start(start)!;
    }

    /// <summary>Waits for a process.</summary>
    /// <returns>The time that it took of a processor. Linux forgets it when a process ends, so it is the last that was seen.</returns>
    private static TimeSpan End(Process process)
    {
        using (process)
        {
            TimeSpan used = TimeSpan.Zero;
            while (!process.WaitForExit(20))
            {
                try
                {
                    process.Refresh();
                    used = process.TotalProcessorTime;
                }
                catch (InvalidOperationException) when (process.HasExited)
                {
                    break;
                }
            }
            process.WaitForExit();
            return process.ExitCode == 0 ? used : throw new InvalidOperationException($"A part ended with {process.ExitCode}.");
        }
    }

    /// <param name="Folder">The folder of all files.</param>
    /// <param name="Checkpoint">The model.</param>
    /// <param name="Format">The format of the vectors, and that of the texts unless it is Parquet.</param>
    /// <param name="Rows">The texts, which are repeated.</param>
    /// <param name="Count">The number of texts of a part.</param>
    /// <param name="Bare">The processor time of the model alone for a part.</param>
    private sealed record Work(string Folder, string Checkpoint, string Format, string[] Rows, int Count, TimeSpan Bare)
    {
        /// <summary>Writes the texts of all parts.</summary>
        public string Write(int parts)
        {
            string[] texts = Texts.Repeat(Rows, parts * Count);
            string path = Path.Combine(Folder, Format == "csv" ? "texts.csv" : "texts.jsonl");
            File.WriteAllLines(path, Format == "csv"
                ? texts.Select((text, i) => $"{i},\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"").Prepend("id,text")
                : texts.Select((text, i) => JsonSerializer.Serialize(new { id = i, text })));
            return path;
        }
    }
}
