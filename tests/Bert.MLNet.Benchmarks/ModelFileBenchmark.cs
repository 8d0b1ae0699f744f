using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using Microsoft.Win32.SafeHandles;

namespace Bert.MLNet.Benchmarks;

/// <summary>
/// Time to save a model.zip and to have the first prediction of a loaded one, beside writing and reading as many bytes: the file in the
/// system's cache, and from and to the disk.
/// </summary>
internal static class ModelFileBenchmark
{
    public static Command Command()
    {
        var shape = new Option<string>("--shape")
        {
            Description = "Seeded weights in the shape of this checkpoint.",
            DefaultValueFactory = _ => "MiniLM-L6",
        };
        shape.AcceptOnlyFromAmong([.. SeededShape.All.Keys]);
        var rounds = new Option<int>("--rounds") { Description = "How often each contender has its turn.", DefaultValueFactory = _ => 7 };
        var command = new Command("model-file", "Model.Save, and Model.Load up to the first prediction, beside the file alone.")
        {
            shape,
            rounds,
        };
        command.SetAction(arguments =>
        {
            BertModel model = SeededModel.Create(arguments.GetRequiredValue(shape), Texts.Vocabulary);
            Console.WriteLine(Machine.Description);
            Run(model, arguments.GetValue(rounds));
            Run(model.Quantize(), arguments.GetValue(rounds));
        });
        return command;
    }

    private static void Run(BertModel model, int rounds)
    {
        string zip = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".zip"), copy = zip + ".copy";
        try
        {
            var ml = new MLContext();
            IDataView data = ml.Data.LoadFromEnumerable<TextRow>([]);
            using BertEmbeddingTransformer transformer = ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", model).Fit(data);
            ml.Model.Save(transformer, data.Schema, zip);
            byte[] content = File.ReadAllBytes(zip);
            Action[] reading = [() => File.ReadAllBytes(zip), () => Predict(ml, zip)];
            Action[] writing = [() => File.WriteAllBytes(copy, content), () => ml.Model.Save(transformer, data.Schema, copy)];
            var measured = new Rounds([.. reading, .. writing], rounds, warming: 1);
            Console.WriteLine();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{model}, {(model.IsQuantized ? "int8" : "single precision")}; model.zip of {content.Length / 1e6:F1} MB; " +
                $"{measured.Description}"));
            Console.WriteLine();
            Console.WriteLine("| what | ms | lowest to highest | × the file alone | garbage |");
            Console.WriteLine("| ---- | -: | ----------------: | ---------: | ------: |");
            Print(measured, "File.ReadAllBytes", "Model.Load and first Predict", "File.WriteAllBytes", "Model.Save");
            Print(new Rounds([.. writing.Select(write => (Action)(() => ToDisk(write, copy)))], rounds), "File.WriteAllBytes, to the disk",
                "Model.Save, to the disk");
            if (PageCache.CanDrop)
                Print(new Rounds(reading, rounds, prepare: () => PageCache.Drop(zip)), "File.ReadAllBytes, from the disk",
                    "Model.Load and first Predict, from the disk");
            else
                Console.WriteLine("\nFrom the disk: not measured, this system does not drop files from its cache when it is asked.");
        }
        finally
        {
            File.Delete(zip);
            File.Delete(copy);
        }
    }

    /// <summary>Writes a file and waits until the disk has it.</summary>
    private static void ToDisk(Action write, string file)
    {
        write();
        using SafeFileHandle handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }

    private static void Predict(MLContext ml, string zip)
    {
        using var loaded = (IDisposable)ml.Model.Load(zip, out _);
        using PredictionEngine<TextRow, VectorRow> engine =
            ml.Model.CreatePredictionEngine<TextRow, VectorRow>(
                (ITransformer)loaded, new PredictionEngineOptions { OwnsTransformer = false });
        engine.Predict(new TextRow { Text = "Owls hunt at night." });
    }

    // Contenders come in pairs: the file alone, and with a model in it.
    private static void Print(Rounds measured, params string[] names)
    {
        for (int i = 0; i < names.Length; i++)
        {
            (double low, double high) = measured.Range(i, Milliseconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {names[i]} | {measured.Median(i, Milliseconds):F1} | {low:F1} to {high:F1} | " +
                $"{measured.MedianRatio(i, i / 2 * 2, Milliseconds):F2} | {measured.Median(i, turn => turn.Garbage) / 1e6:F1} MB |"));
        }

        static double Milliseconds(Turn turn) => turn.Seconds * 1000;
    }
}
