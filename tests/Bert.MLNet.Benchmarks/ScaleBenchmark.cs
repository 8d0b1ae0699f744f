using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Bert.MLNet.Models;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Benchmarks;

/// <summary>
/// Time a token and the most memory, of embedding more and more texts from a data view in a process of its own: a cost that grows faster
/// than the texts shows, and so does memory that grows with them.
/// </summary>
internal static class ScaleBenchmark
{
    private const string ModelOption = "--model", InferenceOnlyOption = "--inference-only", TokensOption = "--tokens";

    public static Command Command()
    {
        var texts = new Option<FileInfo>("--texts")
        {
            Description = "A file of sentences, one a line; of a .tsv the first column, without its header. They are repeated.",
            DefaultValueFactory = _ => new FileInfo(Texts.Reviews),
        };
        var counts = new Option<int[]>("--counts")
        {
            Description = "How many.",
            DefaultValueFactory = _ => [1_000, 10_000, 100_000, 1_000_000],
            AllowMultipleArgumentsPerToken = true,
        };
        var shape = new Option<string>("--shape")
        {
            Description = "Seeded weights in the shape of this checkpoint.",
            DefaultValueFactory = _ => "BERT-Tiny",
        };
        shape.AcceptOnlyFromAmong([.. SeededShape.All.Keys]);
        var int8 = new Option<bool>("--int8") { Description = "In int8." };
        var inferenceOnly = new Option<bool>(InferenceOnlyOption) { Description = $"With the switch {InferenceOnly.Switch}." };
        var model = new Option<DirectoryInfo?>(ModelOption) { Hidden = true };
        var lengths = new Option<int[]>(TokensOption)
        {
            Description = "One text of each of these lengths in tokens, instead of many.",
            DefaultValueFactory = _ => [],
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command(
            "scale", "Time a token and peak memory from few texts to many, or from short ones to long ones, each in a process of its own.")
            { texts, counts, shape, int8, inferenceOnly, lengths, model };
        command.SetAction(arguments =>
        {
            string file = arguments.GetRequiredValue(texts).FullName, name = arguments.GetRequiredValue(shape);
            int[] all = arguments.GetRequiredValue(counts);
            int[] tokens = arguments.GetRequiredValue(lengths);
            bool only = arguments.GetValue(inferenceOnly);
            if (arguments.GetValue(model) is { } folder)
            {
                AppContext.SetSwitch(InferenceOnly.Switch, only);
                BertModel opened = BertModel.FromPretrained(folder.FullName);
                if (tokens is [int length])
                    Run([string.Join(' ', Texts.Read(file, int.MaxValue))],
                        1, opened.WithSentence(opened.Sentence with { MaxSequenceLength = length }));
                else
                    Run(Texts.Read(file, int.MaxValue), all[0], opened);
            }
            else
            {
                string[] more = only ? [InferenceOnlyOption] : [];
                Compare(name, arguments.GetValue(int8), only, folder =>
                {
                    if (tokens is [])
                        Measure(file, all, folder, more);
                    else
                        Start(file, folder, TokensOption, tokens, more);
                });
            }
        });
        return command;
    }

    private static void Compare(string shape, bool int8, bool inferenceOnly, Action<string> measure)
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            BertModel model = SeededModel.Create(shape, Texts.Vocabulary);
            (int8 ? model.Quantize() : model).SavePretrained(folder);
            Console.WriteLine(Machine.Description);
            Console.WriteLine(
                $"{model}{(int8 ? ", int8" : "")}{(inferenceOnly ? ", inference only" : "")}, {Environment.ProcessorCount} threads");
            measure(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Embeds texts with a checkpoint in a process of its own for each count, and prints a row for each.</summary>
    /// <param name="file">The texts.</param>
    /// <param name="counts">How many.</param>
    /// <param name="folder">The checkpoint.</param>
    /// <param name="more">Other options of the process.</param>
    public static void Measure(string file, int[] counts, string folder, params string[] more) =>
        Start(file, folder, "--counts", counts, more);

    private static void Start(string file, string folder, string option, int[] values, string[] more)
    {
        Console.WriteLine();
        Console.WriteLine(
            "| texts | tokens | seconds | ns a token | garbage a text | peak memory of the process | at the end | " +
            "weights × 1.6 + 150 MB | taken by others |");
        Console.WriteLine(
            "| ----: | -----: | ------: | ---------: | -------------: | -------------------------: | ---------: | " +
            "---------------------: | --------------: |");
        foreach (int value in values)
        {
            string[] arguments =
                ["scale", "--texts", file, option, value.ToString(CultureInfo.InvariantCulture), ModelOption, folder, .. more];
            string host = Environment.ProcessPath!;
            bool isDotnet = Path.GetFileName(host).StartsWith("dotnet", StringComparison.Ordinal);
            using Process process = Process.Start(new ProcessStartInfo(
                host, isDotnet ? [typeof(ScaleBenchmark).Assembly.Location, .. arguments] : arguments))!;
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"The measuring process ended with {process.ExitCode}.");
        }
        Console.WriteLine();
    }

    private static void Run(string[] texts, int count, BertModel model)
    {
        var ml = new MLContext();
        using BertEmbeddingTransformer transformer =
            ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", model).Fit(ml.Data.LoadFromEnumerable<TextRow>([]));
        if (count > 1)
            Embed(100); // the compiler's
        long tokens = Enumerable.Range(0, count).Sum(i =>
            Math.Min(model.MaxSequenceLength, (long)model.Tokenizer.CountTokens(texts[i % texts.Length]) + 2));
        long before = GC.GetTotalAllocatedBytes(precise: true), start = Stopwatch.GetTimestamp();
        var others = new OtherProcesses();
        Embed(count);
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        using var self = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {count:N0} | {tokens:N0} | {time.TotalSeconds:F2} | {time.TotalNanoseconds / tokens:F0} | " +
            $"{(GC.GetTotalAllocatedBytes(precise: true) - before) / count:N0} bytes | " +
            $"{self.PeakWorkingSet64 / 1e6:F0} MB | {self.WorkingSet64 / 1e6:F0} MB | " +
            $"{1.6 * Size(model) / 1e6 + 150:F0} MB | {others.Share:P1} |"));

        static long Size(BertModel model) =>
            model.Weights!.Names.Sum(name => (long)model.Weights[name].Count * model.Weights[name].Type.Size());

        void Embed(int rows)
        {
            IDataView view = transformer.Transform(
                ml.Data.LoadFromEnumerable(Enumerable.Range(0, rows).Select(i => new TextRow { Text = texts[i % texts.Length] })));
            using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
            ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(view.Schema["Features"]);
            VBuffer<float> vector = default;
            while (cursor.MoveNext())
                getter(ref vector);
        }
    }
}
