using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Bert.MLNet.Models;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Benchmarks;

/// <summary>
/// Time a token and the most memory, of embedding more and more texts from a data view in a process of its own: a cost that grows faster than the texts shows, and so does memory
/// that grows with them.
/// </summary>
internal static class ScaleBenchmark
{
    private const string ModelOption = "--model", InferenceOnlyOption = "--inference-only";

    public static Command Command()
    {
        var texts = new Option<FileInfo>("--texts") { Description = "A file of sentences, one a line; of a .tsv the first column, without its header. They are repeated.", DefaultValueFactory = _ => new FileInfo(Texts.Reviews) };
        var counts = new Option<int[]>("--counts") { Description = "How many.", DefaultValueFactory = _ => [1_000, 10_000, 100_000, 1_000_000], AllowMultipleArgumentsPerToken = true };
        var shape = new Option<string>("--shape") { Description = "Seeded weights in the shape of this checkpoint.", DefaultValueFactory = _ => "BERT-Tiny" };
        shape.AcceptOnlyFromAmong([.. SeededModel.Shapes.Keys]);
        var int8 = new Option<bool>("--int8") { Description = "In int8." };
        var inferenceOnly = new Option<bool>(InferenceOnlyOption) { Description = $"With the switch {InferenceOnly.Switch}." };
        var model = new Option<DirectoryInfo?>(ModelOption) { Hidden = true };
        var command = new Command("scale", "Time a token and peak memory from few texts to many, each in a process of its own.") { texts, counts, shape, int8, inferenceOnly, model };
        command.SetAction(arguments =>
        {
            string file = arguments.GetRequiredValue(texts).FullName, name = arguments.GetRequiredValue(shape);
            int[] all = arguments.GetRequiredValue(counts);
            bool only = arguments.GetValue(inferenceOnly);
            if (arguments.GetValue(model) is { } folder)
            {
                AppContext.SetSwitch(InferenceOnly.Switch, only);
                Run(file, all[0], BertModel.FromPretrained(folder.FullName));
            }
            else
            {
                Compare(file, all, name, arguments.GetValue(int8), only ? [InferenceOnlyOption] : []);
            }
        });
        return command;
    }

    private static void Compare(string file, int[] counts, string shape, bool int8, string[] more)
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            BertModel model = SeededModel.Create(shape, Texts.Vocabulary);
            (int8 ? model.Quantize() : model).SavePretrained(folder);
            Console.WriteLine(Machine.Description);
            Console.WriteLine($"{model}{(int8 ? ", int8" : "")}{(more.Length > 0 ? ", inference only" : "")}, {Environment.ProcessorCount} threads");
            Console.WriteLine();
            Console.WriteLine("| texts | seconds | ns a token | garbage a text | peak memory of the process | at the end | taken by others |");
            Console.WriteLine("| ----: | ------: | ---------: | -------------: | -------------------------: | ---------: | --------------: |");
            foreach (int count in counts)
                Start(["scale", "--texts", file, "--counts", count.ToString(CultureInfo.InvariantCulture), ModelOption, folder, .. more]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Start(string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, Path.GetFileName(Environment.ProcessPath!).StartsWith("dotnet", StringComparison.Ordinal)
            ? [typeof(ScaleBenchmark).Assembly.Location, .. arguments] : arguments))!;
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"The measuring process ended with {process.ExitCode}.");
    }

    private static void Run(string file, int count, BertModel model)
    {
        string[] texts = Texts.Read(file, int.MaxValue);
        var ml = new MLContext();
        using BertEmbeddingTransformer transformer = ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", model).Fit(ml.Data.LoadFromEnumerable<TextRow>([]));
        Embed(100);
        long tokens = Enumerable.Range(0, count).Sum(i => (long)model.Tokenizer.CountTokens(texts[i % texts.Length]) + 2);
        long before = GC.GetTotalAllocatedBytes(precise: true), start = Stopwatch.GetTimestamp();
        var others = new OtherProcesses();
        Embed(count);
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        using var self = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {count:N0} | {time.TotalSeconds:F2} | {time.TotalNanoseconds / tokens:F0} | {(GC.GetTotalAllocatedBytes(precise: true) - before) / count:N0} bytes | {self.PeakWorkingSet64 / 1e6:F0} MB | {self.WorkingSet64 / 1e6:F0} MB | {others.Share:P1} |"));

        void Embed(int rows)
        {
            IDataView view = transformer.Transform(ml.Data.LoadFromEnumerable(Enumerable.Range(0, rows).Select(i => new TextRow { Text = texts[i % texts.Length] })));
            using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
            ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(view.Schema["Features"]);
            VBuffer<float> vector = default;
            while (cursor.MoveNext())
                getter(ref vector);
        }
    }
}
