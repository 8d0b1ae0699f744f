using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
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
        var model = new Option<DirectoryInfo?>("--model") { Description = "A checkpoint of 384 hidden values, instead of seeded weights in the shape of MiniLM-L6." };
        var command = new Command("encoding", "Text to sentence vectors on the shape of MiniLM-L6, beside OnnxTransformer and bare ONNX Runtime.") { texts, count, rounds, threads, model };
        command.SetAction(arguments => Run(
            Texts.Read(arguments.GetRequiredValue(texts).FullName, arguments.GetValue(count)),
            arguments.GetValue(model) is { } folder ? BertModel.FromPretrained(folder.FullName) : SeededModel.Create("MiniLM-L6", Texts.Vocabulary),
            arguments.GetValue(rounds),
            arguments.GetValue(threads)));
        return command;
    }

    private static void Run(string[] texts, BertModel model, int rounds, int threads)
    {
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".onnx");
        try
        {
            File.WriteAllBytes(file, BertGraph.Create(model.Config, new(EncoderOutput.LastHiddenState), model.Weights!).ToModel());
            using var onnxTransformer = new OnnxTransformerContender(model.Tokenizer, file);
            using var bare = new BareOnnxRuntime(model.Tokenizer, file, threads);
            using var embedding = new EmbeddingContender(model, threads);
            using var int8 = new EmbeddingContender(model.Quantize(), threads);
            Contender[] contenders = [onnxTransformer.Contender, bare.OneByOne, bare.Sorted, embedding.OneByOne, embedding.Batched, int8.OneByOne, int8.Batched];

            double tokens = texts.Average(text => model.Tokenizer.Encode(text).Ids.Count);
            Console.WriteLine(Machine.Description);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{model}; {texts.Length} sentences of {tokens:F1} tokens on average; {threads} threads; medians of {rounds} rounds"));
            CheckAgreement(contenders, texts);
            Print(contenders, Measure(contenders, texts, rounds));
        }
        finally
        {
            File.Delete(file);
        }
    }

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

    private static List<(double Rate, double Garbage)>[] Measure(Contender[] contenders, string[] texts, int rounds)
    {
        List<(double Rate, double Garbage)>[] results = [.. contenders.Select(_ => new List<(double, double)>())];
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < contenders.Length; i++)
            {
                GC.Collect();
                long before = GC.GetTotalAllocatedBytes(precise: true);
                long start = Stopwatch.GetTimestamp();
                contenders[i].Embed(texts);
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                results[i].Add((texts.Length / seconds, (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / texts.Length));
            }
        }
        return results;
    }

    private static void Print(Contender[] contenders, List<(double Rate, double Garbage)>[] results)
    {
        double Rate(int contender) => Median(results[contender].Select(result => result.Rate));
        int sorted = Array.FindIndex(contenders, contender => contender.Name.Contains("sorted", StringComparison.Ordinal));
        int width = contenders.Max(contender => contender.Name.Length);

        Console.WriteLine();
        Console.WriteLine($"| {"how".PadRight(width)} | sentences/s | lowest to highest | garbage a sentence | × OnnxTransformer | × bare, sorted |");
        Console.WriteLine($"| {new string('-', width)} | ----------: | ----------------: | -----------------: | ----------------: | -------------: |");
        for (int i = 0; i < contenders.Length; i++)
        {
            string range = string.Create(CultureInfo.InvariantCulture, $"{results[i].Min(result => result.Rate):F0} to {results[i].Max(result => result.Rate):F0}");
            string garbage = string.Create(CultureInfo.InvariantCulture, $"{Median(results[i].Select(result => result.Garbage)):N0} bytes");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {contenders[i].Name.PadRight(width)} | {Rate(i),11:F0} | {range,17} | {garbage,18} | {Rate(i) / Rate(0),17:F2} | {Rate(i) / Rate(sorted),14:F2} |"));
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
