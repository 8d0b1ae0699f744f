using System.CommandLine;
using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json;
using Bert.MLNet.Encoders;

namespace Bert.MLNet.Benchmarks;

/// <summary>
/// Sentences per second and garbage per sentence, from text to vector, of this library and what it is to be compared with. The contenders
/// take turns, so that a change of the machine's speed meets them all, and the medians of the rounds are printed.
/// </summary>
internal static class EncodingBenchmark
{
    public static Command Command()
    {
        var texts = new Option<FileInfo>("--texts") { Description = "A file of sentences, one a line; of a .tsv the first column, without its header.", DefaultValueFactory = _ => new FileInfo(Texts.Reviews) };
        var count = new Option<int>("--count") { Description = "How many of them.", DefaultValueFactory = _ => 1000 };
        var rounds = new Option<int>("--rounds") { Description = "How often each contender has its turn.", DefaultValueFactory = _ => 5 };
        var threads = new Option<int>("--threads") { Description = "Threads that compute.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var shape = new Option<string>("--shape") { Description = "Seeded weights in the shape of this checkpoint.", DefaultValueFactory = _ => "MiniLM-L6" };
        shape.AcceptOnlyFromAmong([.. SeededModel.Shapes.Keys]);
        var model = new Option<DirectoryInfo?>("--model") { Description = "A checkpoint in their place." };
        var command = new Command("encoding", "Text to sentence vectors, beside OnnxTransformer and bare ONNX Runtime.") { texts, count, rounds, threads, shape, model };
        command.SetAction(arguments => Run(
            Texts.Read(arguments.GetRequiredValue(texts).FullName, arguments.GetValue(count)),
            arguments.GetValue(model) is { } folder ? BertModel.FromPretrained(folder.FullName) : SeededModel.Create(arguments.GetRequiredValue(shape), Texts.Vocabulary),
            arguments.GetValue(rounds),
            arguments.GetValue(threads)));
        return command;
    }

    private static void Run(string[] texts, BertModel model, int rounds, int threads)
    {
        string folder = Directory.CreateTempSubdirectory().FullName, file = Path.Combine(folder, "graph.onnx"), list = Path.Combine(folder, "texts.json");
        try
        {
            model.SavePretrainedOnnx(Path.Combine(folder, "model"));
            File.WriteAllText(list, JsonSerializer.Serialize(texts));
            File.WriteAllBytes(file, BertGraph.Create(model.Config, new(EncoderOutput.LastHiddenState), model.Weights!).ToModel());
            int width = model.Config.HiddenSize;
            using var onnxTransformer = new OnnxTransformerContender(model.Tokenizer, file, width);
            using var bare = new BareOnnxRuntime(model.Tokenizer, file, width, threads);
            using var embedding = new EmbeddingContender(model, threads);
            using var int8 = new EmbeddingContender(model.Quantize(), threads);
            using NodePeer? node = NodePeer.IsAvailable ? new NodePeer("embed", Path.Combine(folder, "model"), list, threads) : null;
            Contender[] peers = node is null ? [] : [new($"transformers.js, 32 texts a batch, {threads} threads in an operator", some => Vectors(node.Run(some.Count)))];
            Contender[] contenders = [onnxTransformer.Contender, bare.OneByOne, bare.InOrder, bare.Sorted, .. peers, embedding.OneByOne, embedding.Batched, int8.OneByOne, int8.Batched];

            int[] lengths = [.. texts.Select(text => model.Tokenizer.Encode(text).Ids.Count)];
            Console.WriteLine(Machine.Description);
            CheckAgreement(contenders, texts);
            double single = MatrixCeiling.Measure(width, int8: false, threads), bytes = MatrixCeiling.Measure(width, int8: true, threads);
            var measured = new Rounds([.. contenders.Select(contender => (Action)(() => contender.Embed(texts)))], rounds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{model}; {texts.Length} sentences of {lengths.Average():F1} tokens on average; {threads} threads; {measured.Description}"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"The ceiling, matrix products alone on {threads} threads: {single / 1e9:F0} GFLOP/s in single precision, {bytes / 1e9:F0} in int8. Shares of it are of the work without padding."));
            Print(contenders, measured, texts.Length, lengths.Average(length => EncoderWork.Operations(model.Config, length)), single, bytes);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        if (!NodePeer.IsAvailable)
            Console.WriteLine("\n" + NodePeer.HowToGet);
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
            if (contender.Name.EndsWith(EmbeddingContender.Int8, StringComparison.Ordinal))
            {
                float cosine = vectors.Zip(expected, (a, b) => TensorPrimitives.CosineSimilarity<float>(a, b)).Min();
                if (cosine < 0.98)
                    throw new InvalidOperationException($"{contender.Name} has a vector whose cosine with that of {contenders[0].Name} is {cosine}.");
                continue;
            }
            double difference = vectors.Zip(expected, (a, b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max()).Max();
            if (difference > 1e-3)
                throw new InvalidOperationException($"{contender.Name} differs by {difference} from {contenders[0].Name}. Are there texts of more than 128 tokens among the first?");
        }
    }

    private static void Print(Contender[] contenders, Rounds measured, int texts, double operations, double ceiling, double int8Ceiling)
    {
        int sorted = Array.FindIndex(contenders, contender => contender.Name.Contains("sorted", StringComparison.Ordinal));
        int width = contenders.Max(contender => contender.Name.Length);
        Console.WriteLine();
        Console.WriteLine($"| {"how".PadRight(width)} | sentences/s | lowest to highest | garbage a sentence | share of the ceiling | × OnnxTransformer | × bare, sorted |");
        Console.WriteLine($"| {new string('-', width)} | ----------: | ----------------: | -----------------: | -------------------: | ----------------: | -------------: |");
        for (int i = 0; i < contenders.Length; i++)
        {
            (double low, double high) = measured.Range(i, Rate);
            string range = string.Create(CultureInfo.InvariantCulture, $"{low:F0} to {high:F0}");
            string garbage = string.Create(CultureInfo.InvariantCulture, $"{measured.Median(i, turn => turn.Garbage) / texts:N0} bytes");
            double share = 100 * measured.Median(i, Rate) * operations / (contenders[i].Name.EndsWith(EmbeddingContender.Int8, StringComparison.Ordinal) ? int8Ceiling : ceiling);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {contenders[i].Name.PadRight(width)} | {measured.Median(i, Rate),11:F0} | {range,17} | {garbage,18} | {share,18:F0} % | {measured.Median(i, Rate) / measured.Median(0, Rate),17:F2} | {measured.Median(i, Rate) / measured.Median(sorted, Rate),14:F2} |"));
        }

        double Rate(Turn turn) => texts / turn.Seconds;
    }
}
