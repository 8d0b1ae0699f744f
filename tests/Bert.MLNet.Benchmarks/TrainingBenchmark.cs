using System.CommandLine;
using System.Globalization;
using System.Reflection;
using Bert.MLNet.Testing;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Benchmarks;

/// <summary>
/// Rows and tokens per second of training a classifier, by this library and by Microsoft.ML.TorchSharp from text to a transformer, and by a
/// bare loop over TorchSharp from tokens to weights. The contenders take turns, so that a change of the machine's speed meets them all, and
/// the medians of the rounds are printed. Time of the processor is told beside time: it says what the work costs also where others work on
/// the machine.
/// </summary>
internal static class TrainingBenchmark
{
    private const double ValidationShare = 0.1, LearningRate = 5e-5;
    private static readonly string[] s_labels = ["negative", "positive"];

    /// <summary>One way to train.</summary>
    /// <param name="Name">What the table calls it.</param>
    /// <param name="Train">Trains so many epochs, from the beginning.</param>
    /// <param name="IsSameWork">Whether it uses the tokens and the encoder of the checkpoint; otherwise neither is counted.</param>
    private sealed record Way(string Name, Action<int> Train, bool IsSameWork = true);

    public static Command Command()
    {
        var texts = new Option<FileInfo>("--texts")
        {
            Description = "A file of texts, one a line; of a .tsv the first column, without its header.",
            DefaultValueFactory = _ => new FileInfo(Texts.Reviews),
        };
        var count = new Option<int>("--count")
        {
            Description = "How many of them; a tenth is for validation.",
            DefaultValueFactory = _ => 1000,
        };
        var shapes = new Option<string[]>("--shape")
        {
            Description = "Shapes of checkpoints.",
            DefaultValueFactory = _ => ["BERT-Tiny", "BERT-Mini", "MiniLM-L6"],
            AllowMultipleArgumentsPerToken = true,
        };
        var epochs = new Option<int>("--epochs") { Description = "Epochs of a training.", DefaultValueFactory = _ => 3 };
        var batchSize = new Option<int>("--batch-size") { Description = "Rows of a batch.", DefaultValueFactory = _ => 32 };
        var rounds = new Option<int>("--rounds") { Description = "How often each contender has its turn.", DefaultValueFactory = _ => 5 };
        var threads = new Option<int>("--threads")
        {
            Description = "Threads that compute.",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        shapes.AcceptOnlyFromAmong([.. SeededShape.All.Keys]);
        var command = new Command("training", "Fine-tuning of a classifier, beside a bare TorchSharp loop and Microsoft.ML.TorchSharp.")
        {
            texts,
            count,
            shapes,
            epochs,
            batchSize,
            rounds,
            threads,
        };
        command.SetAction(arguments =>
        {
            TorchRuntime.EnsureLoaded();
            string[] all = Texts.Read(arguments.GetRequiredValue(texts).FullName, arguments.GetValue(count));
            Console.WriteLine($"{Machine.Description}, TorchSharp {typeof(TorchSharp.torch).Assembly.GetName().Version}");
            Console.WriteLine($"Single-precision products: {(OneDnnProducts.AreAvailable ? "oneDNN" : "MKL")} in the trainer, MKL in the " +
                "bare loop");
            var package = new RepairedTorchSharp();
            foreach (string shape in arguments.GetRequiredValue(shapes))
                Run(package, shape, all, arguments.GetValue(epochs), arguments.GetValue(batchSize), arguments.GetValue(rounds),
                    arguments.GetValue(threads));
        });
        return command;
    }

    private static void Run(RepairedTorchSharp package, string shape, string[] texts, int epochs, int batchSize, int rounds, int threads)
    {
        BertModel model = SeededModel.Create(shape, Texts.Vocabulary, s_labels);
        (IDataView train, IDataView validation, TrainingRow[] rows) = Prepare(model, texts);
        var bare = new BareTorchLoop(model, rows, batchSize, threads);
        CheckAgreement(model, train, bare, rows);
        using NasBertContender? peer = Peer(package, model.Config);
        List<Way> ways =
        [
            new("bare TorchSharp loop", count => bare.Train(count, LearningRate)),
            new("TextClassification", count => Fit(BertPrecision.Full, count)),
            new("TextClassification, bfloat16", count => Fit(BertPrecision.BFloat16, count)),
        ];
        if (peer is not null)
        {
            string name = peer.IsSameNetwork ? "Microsoft.ML.TorchSharp" : "Microsoft.ML.TorchSharp, NAS-BERT";
            ways.Add(new(name, count => peer.Train(train, validation, count, batchSize, LearningRate, threads), IsSameWork: false));
        }
        double tokens = rows.Average(row => (double)row.Length);
        foreach (Way way in ways)
            way.Train(1); // the compiler's
        double ceiling = MatrixCeiling.Measure(model.Config.HiddenSize, int8: false, threads);
        var measured = new Rounds([.. ways.Select(way => (Action)(() => way.Train(epochs)))], rounds);
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{model}; {rows.Length} rows of {tokens:F1} tokens on average, {texts.Length - rows.Length} for validation; batches of " +
            $"{batchSize}, {epochs} epochs, {threads} threads; {measured.Description}"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"The ceiling, single-precision matrix products alone: {ceiling / 1e9:F0} GFLOP/s. A step's work is three times a forward " +
            $"pass, validation and padding not counted."));
        Console.WriteLine(peer switch
        {
            { IsSameNetwork: true } =>
                "Microsoft.ML.TorchSharp trains the same layers, with random weights, its own tokens and a vocabulary of 50,265.",
            { } => $"Microsoft.ML.TorchSharp has no layers of width {model.Config.HiddenSize}: it trains its own network, four blocks of " +
                "width 192.",
            null => "",
        });
        Print(ways, measured, rows.Length * epochs, tokens, ceiling,
            3 * rows.Average(row => EncoderWork.Operations(model.Config, row.Length)));

        void Fit(BertPrecision precision, int count)
        {
            using BertClassifierTransformer fitted =
                new MLContext(1).MulticlassClassification.Trainers.TextClassification(new TextClassificationTrainer.Options
            {
                Model = model,
                ValidationSet = validation,
                MaxEpochs = count,
                EarlyStoppingPatience = null, // labels are chance, and all epochs are counted
                BatchSize = batchSize,
                LearningRate = LearningRate,
                NumberOfThreads = threads,
                Precision = precision,
            }).Fit(train);
        }
    }

    private static NasBertContender? Peer(RepairedTorchSharp package, BertConfig config)
    {
        try
        {
            return new NasBertContender(package, config);
        }
        catch (TargetInvocationException exception)
        {
            Console.WriteLine("Microsoft.ML.TorchSharp is skipped, because its weights cannot be created: " +
                $"{exception.InnerException!.Message}");
            return null;
        }
    }

    private static (IDataView Train, IDataView Validation, TrainingRow[] Rows) Prepare(BertModel model, string[] texts)
    {
        var ml = new MLContext(1);
        LabelledText[] all = [.. texts.Select((text, i) => new LabelledText { Sentence1 = text, Label = s_labels[i % 2] })];
        IDataView labels = ml.Data.LoadFromEnumerable(s_labels.Select(label => new LabelledText { Label = label }));
        var keys = ml.Transforms.Conversion.MapValueToKey(
            "Label", keyData: ml.Transforms.SelectColumns("Label").Fit(labels).Transform(labels)).Fit(labels);
        int count = texts.Length - (int)(ValidationShare * texts.Length);
        TrainingRow[] rows = [.. texts.Take(count).Select((text, i) => Row([.. model.Tokenizer.Encode(text).Ids], i))];
        return (View(all[..count]), View(all[count..]), rows);

        IDataView View(LabelledText[] some) => keys.Transform(ml.Data.LoadFromEnumerable(some));

        static TrainingRow Row(int[] ids, int position) => new(ids, ids.Length, position, [position % 2]);
    }

    /// <summary>Numbers are only worth comparing of networks that compute the same.</summary>
    private static void CheckAgreement(BertModel model, IDataView data, BareTorchLoop bare, TrainingRow[] rows)
    {
        var ml = new MLContext(1);
        using BertClassifierTransformer classifier = ml.Transforms.Text.ApplyBertClassifier("PredictedLabel", "Sentence1", model).Fit(data);
        IDataView scores = classifier.Transform(ml.Data.TakeRows(data, 50));
        double difference = scores.GetColumn<float[]>("Score").Zip(bare.Predict(rows[..50]), (score, other) => Math.Abs(score[1] - other))
            .Max();
        if (difference > 1e-4)
            throw new InvalidOperationException($"The bare loop's network differs by {difference} from the library's.");
    }

    private static void Print(List<Way> ways, Rounds measured, int rows, double tokens, double ceiling, double operations)
    {
        int width = ways.Max(way => way.Name.Length);
        Console.WriteLine();
        Console.WriteLine($"| {"how".PadRight(width)} | rows/s | lowest to highest | tokens/s | share of the ceiling | × bare loop | in " +
            "the same round | rows a processor second | × bare loop |");
        Console.WriteLine($"| {new string('-', width)} | -----: | ----------------: | -------: | -------------------: | ----------: | " +
            "----------------: | ----------------------: | ----------: |");
        for (int i = 0; i < ways.Count; i++)
        {
            double rate = measured.Median(i, Rate), processorRate = measured.Median(i, ProcessorRate);
            (double low, double high) = measured.Range(i, Rate);
            (double least, double most) = measured.Ratios(i, 0, Rate);
            string range = string.Create(CultureInfo.InvariantCulture, $"{low:F1} to {high:F1}"),
                ratio = string.Create(CultureInfo.InvariantCulture, $"{least:F2} to {most:F2}");
            string work = ways[i].IsSameWork
                ? string.Create(CultureInfo.InvariantCulture, $"{rate * tokens,8:F0} | {100 * rate * operations / ceiling,18:F0} %")
                : $"{"–",8} | {"–",20}";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {ways[i].Name.PadRight(width)} | {rate,6:F1} | {range,17} | {work} | {rate / measured.Median(0, Rate),11:F2} | " +
                $"{ratio,17} | {processorRate,23:F1} | {processorRate / measured.Median(0, ProcessorRate),11:F2} |"));
        }

        double Rate(Turn turn) => rows / turn.Seconds;
        double ProcessorRate(Turn turn) => rows / turn.ProcessorSeconds;
    }

    private sealed class LabelledText
    {
        public string Sentence1 { get; set; } = "";

        public string Label { get; set; } = "";
    }
}
