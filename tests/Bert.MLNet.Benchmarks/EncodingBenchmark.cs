using System.CommandLine;
using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json;
using Bert.MLNet.Encoders;
using Bert.MLNet.Models;

namespace Bert.MLNet.Benchmarks;

/// <summary>
/// Sentences per second and garbage per sentence, from text to vector, of this library and what it is to be compared with. The contenders
/// take turns, so that a change of the machine's speed meets them all, and the medians of the rounds are printed.
/// </summary>
internal static class EncodingBenchmark
{
    public static Command Command()
    {
        var texts = new Option<FileInfo>("--texts")
        {
            Description = "A file of sentences, one a line; of a .tsv the first column, without its header.",
            DefaultValueFactory = _ => new FileInfo(Texts.Reviews),
        };
        var count = new Option<int>("--count") { Description = "How many of them.", DefaultValueFactory = _ => 1000 };
        var join = new Option<int>("--join")
        {
            Description = "How many lines, one after the other, make a text: for documents.",
            DefaultValueFactory = _ => 1,
        };
        var rounds = new Option<int>("--rounds") { Description = "How often each contender has its turn.", DefaultValueFactory = _ => 5 };
        var threads = new Option<int>("--threads")
        {
            Description = "Threads that compute.",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        var shape = new Option<string>("--shape")
        {
            Description = "Seeded weights in the shape of this checkpoint.",
            DefaultValueFactory = _ => "MiniLM-L6",
        };
        shape.AcceptOnlyFromAmong([.. SeededShape.All.Keys]);
        var batches = new Option<bool>("--batches")
        {
            Description = "Only batches in single precision, of this library and of bare ONNX Runtime on the file that SaveOnnx writes, " +
                "and the memory of a process that opens the checkpoint and embeds the texts.",
        };
        var model = new Option<DirectoryInfo?>("--model") { Description = "A checkpoint in their place." };
        var command = new Command("encoding", "Text to sentence vectors, beside OnnxTransformer and bare ONNX Runtime.")
            { texts, count, join, rounds, threads, shape, model, batches };
        command.SetAction(arguments => Run(
            [.. Texts.Read(arguments.GetRequiredValue(texts).FullName, int.MaxValue).Chunk(arguments.GetValue(join))
                .Select(lines => string.Join(' ', lines)).Take(arguments.GetValue(count))],
            arguments.GetValue(model) is { } folder
                ? BertModel.FromPretrained(folder.FullName)
                : SeededModel.Create(arguments.GetRequiredValue(shape), Texts.Vocabulary),
            arguments.GetValue(rounds),
            arguments.GetValue(threads),
            arguments.GetValue(batches)));
        return command;
    }

    private static void Run(string[] texts, BertModel model, int rounds, int threads, bool batchesOnly)
    {
        string folder = Directory.CreateTempSubdirectory().FullName, list = Path.Combine(folder, "texts.json");
        try
        {
            Console.WriteLine(Machine.Description);
            if (batchesOnly)
            {
                File.WriteAllLines(list, texts.Select(text => text.ReplaceLineEndings(" ")));
                string checkpoint = Path.Combine(folder, "checkpoint");
                model.SavePretrained(checkpoint);
                ScaleBenchmark.Measure(list, [texts.Length], checkpoint);
                Directory.Delete(checkpoint, recursive: true);
            }
            string saved = Path.Combine(folder, "model"), file = Path.Combine(saved, WeightFiles.Graph);
            model.SavePretrainedOnnx(saved);
            int width = model.Config.HiddenSize;
            using var bare = new BareOnnxRuntime(model.Tokenizer, file, width, threads);
            if (batchesOnly)
            {
                using var single = new EmbeddingContender(model, threads);
                Measure(model, texts, [bare.Sorted, single.Batched], rounds, threads);
                return;
            }
            File.WriteAllText(list, JsonSerializer.Serialize(texts));
            using var onnxTransformer = new OnnxTransformerContender(
                text => Tokens(model.Tokenizer, text), file, width, model.Config.TypeVocabSize > 0);
            using var embedding = new EmbeddingContender(model, threads);
            using EmbeddingContender signed = EmbeddingContender.WithWeights(unsigned: false, model.Quantize(), threads),
                unsigned = EmbeddingContender.WithWeights(unsigned: true, model.Quantize(), threads);
            using var table = new EmbeddingContender(model.ToStatic(), threads);
            using NodePeer? node = NodePeer.IsAvailable ? new NodePeer("embed", saved, list, threads) : null;
            Contender[] peers = node is null
                ? []
                : [new($"transformers.js, 32 texts a batch, {threads} threads in an operator", threads,
                    some => Vectors(node.Run(some.Count)))];
            bool isShort = texts.Max(text => Length(model, text)) <= OnnxTransformerContender.Length;
            // Those that are compared follow each other: the machine's speed changes within a round, too.
            Contender[] contenders =
            [
                .. isShort ? [onnxTransformer.Contender] : Array.Empty<Contender>(), bare.OneByOne, bare.InOrder, .. peers, bare.Sorted,
                embedding.Batched, signed.Batched, unsigned.Batched, table.Batched,
                bare.OneByOneOnOneThread, embedding.OneByOne, signed.OneByOne, unsigned.OneByOne, table.OneByOne,
            ];

            Console.WriteLine("Here int8 models use " + (IntegerProducts.PreferUnsigned
                ? "unsigned weights, since products of signed ones saturate."
                : "signed weights, whose products are exact."));
            if (!isShort)
                Console.WriteLine($"OnnxTransformer is left out: there are texts of more than the {OnnxTransformerContender.Length} " +
                    "tokens that it pads to.");
            Measure(model, texts, contenders, rounds, threads);
            if (node is null)
                Console.WriteLine("\n" + NodePeer.HowToGet);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Measure(BertModel model, string[] texts, Contender[] contenders, int rounds, int threads)
    {
        int[] lengths = [.. texts.Select(text => Length(model, text))];
        CheckAgreement(contenders, texts);
        Ceilings ceilings = new(model.Config.HiddenSize, [.. contenders.Select(contender => contender.Threads)]);
        var measured = new Rounds([.. contenders.Select(contender => (Action)(() => contender.Embed(texts)))], rounds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{model}; {texts.Length} sentences of {lengths.Average():F1} tokens on average; {threads} threads; {measured.Description}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"The ceiling, matrix products alone: {ceilings}. Shares of it, on as many threads, are of the work without padding."));
        Print(contenders, measured, texts.Length, lengths.Average(length => EncoderWork.Operations(model.Config, length)), ceilings);
    }

    private static int Length(BertModel model, string text) => Math.Min(model.Tokenizer.Encode(text).Ids.Count, model.MaxSequenceLength);

    private static List<int> Tokens(BertTokenizer tokenizer, string text)
    {
        var ids = new List<int>(OnnxTransformerContender.Length);
        tokenizer.EncodeTo(text, "", hasPair: false, OnnxTransformerContender.Length, BertTruncation.LongestFirst, ids, out _);
        return ids;
    }

    private static float[][] Vectors(JsonElement answer) => answer.GetProperty("vectors").Deserialize<float[][]>()!;

    /// <summary>Numbers are only worth comparing of contenders that do the same. This also warms them up.</summary>
    private static void CheckAgreement(Contender[] contenders, string[] texts)
    {
        string[] sample = [.. texts.Take(100)];
        float[][] expected = contenders[0].Embed(sample);
        foreach (Contender contender in contenders)
        {
            float[][] vectors = contender.Embed(sample);
            if (contender.Name.EndsWith(EmbeddingContender.Static, StringComparison.Ordinal))
                continue; // other vectors
            if (contender.Name.EndsWith(EmbeddingContender.Int8, StringComparison.Ordinal))
            {
                float cosine = vectors.Zip(expected, (a, b) => TensorPrimitives.CosineSimilarity<float>(a, b)).Min();
                if (cosine < 0.98)
                    throw new InvalidOperationException(
                        $"{contender.Name} has a vector whose cosine with that of {contenders[0].Name} is {cosine}.");
                continue;
            }
            double difference = vectors.Zip(expected, (a, b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max()).Max();
            if (difference > 1e-3)
                throw new InvalidOperationException($"{contender.Name} differs by {difference} from {contenders[0].Name}.");
        }
    }

    private static void Print(Contender[] contenders, Rounds measured, int texts, double operations, Ceilings ceilings)
    {
        (string Head, int Contender)[] peers =
            [.. new[] { ("OnnxTransformer", Find("OnnxTransformer")), ("bare, one thread", Find("one thread")),
                ("bare, sorted", Find("sorted")) }.Where(peer => peer.Item2 >= 0)];
        int width = contenders.Max(contender => contender.Name.Length);
        Console.WriteLine();
        Console.WriteLine($"| {"how".PadRight(width)} | sentences/s | lowest to highest | garbage a sentence | share of the ceiling | " +
            $"{string.Join(" | ", peers.Select(peer => "× " + peer.Head))} |");
        Console.WriteLine($"| {new string('-', width)} | ----------: | ----------------: | -----------------: | -------------------: | " +
            $"{string.Join(" | ", peers.Select(peer => new string('-', peer.Head.Length + 1) + ":"))} |");
        for (int i = 0; i < contenders.Length; i++)
        {
            (double low, double high) = measured.Range(i, Rate);
            double rate = measured.Median(i, Rate), share = contenders[i].Name.EndsWith(EmbeddingContender.Static, StringComparison.Ordinal)
                ? 0 : 100 * rate * operations / ceilings.Of(contenders[i]);
            string range = string.Create(CultureInfo.InvariantCulture, $"{low:F0} to {high:F0}");
            string garbage = string.Create(CultureInfo.InvariantCulture, $"{measured.Median(i, turn => turn.Garbage) / texts:N0} bytes");
            string ratios = string.Join(
                " | ", peers.Select(peer => measured.MedianRatio(i, peer.Contender, Rate).ToString("F2", CultureInfo.InvariantCulture)
                    .PadLeft(peer.Head.Length + 2)));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {contenders[i].Name.PadRight(width)} | {rate,11:F0} | {range,17} | {garbage,18} | {share,18:F0} % | {ratios} |"));
        }

        int Find(string part) => Array.FindIndex(contenders, contender => contender.Name.Contains(part, StringComparison.Ordinal));
        double Rate(Turn turn) => texts / turn.Seconds;
    }

    /// <summary>What matrix products alone reach, by precision and number of threads.</summary>
    private sealed class Ceilings(int width, IEnumerable<int> threads)
    {
        private readonly Dictionary<int, (double Single, double Bytes)> _measured = threads.Distinct().Order().ToDictionary(
            count => count, count => (MatrixCeiling.Measure(width, int8: false, count), MatrixCeiling.Measure(width, int8: true, count)));

        public double Of(Contender contender) =>
            contender.Name.EndsWith(EmbeddingContender.Int8, StringComparison.Ordinal)
                ? _measured[contender.Threads].Bytes
                : _measured[contender.Threads].Single;

        public override string ToString() => string.Join("; ", _measured.Select(measured => string.Create(
            CultureInfo.InvariantCulture,
            $"{measured.Value.Single / 1e9:F0} GFLOP/s in single precision and {measured.Value.Bytes / 1e9:F0} in int8 on {measured.Key} " +
            $"thread{(measured.Key == 1 ? "" : "s")}")));
    }
}
