using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Bert.MLNet.DataViews;
using Microsoft.ML.Tokenizers;
using MicrosoftBertTokenizer = Microsoft.ML.Tokenizers.BertTokenizer;

namespace Bert.MLNet.Benchmarks;

/// <summary>
/// Tokens per second of one thread and garbage per sentence, of this library's tokenizer and Microsoft.ML.Tokenizers'. The contenders take
/// turns, so that a change of the machine's speed meets them all, and the medians of the rounds are printed.
/// </summary>
internal static class TokenizerBenchmark
{
    /// <summary>Texts that a thread takes at a time.</summary>
    private const int Block = 64;

    /// <summary>One way to tokenize.</summary>
    /// <param name="Name">What the table calls it.</param>
    /// <param name="Run">Tokenizes texts.</param>
    private sealed record Way(string Name, Action<string[]> Run);

    public static Command Command()
    {
        var texts = new Option<FileInfo>("--texts")
        {
            Description = "A file of texts, one a line; of a .tsv the first column, without its header.",
            DefaultValueFactory = _ => new FileInfo(Texts.Reviews),
        };
        var count = new Option<int>("--count") { Description = "How many. They are repeated.", DefaultValueFactory = _ => 10_000 };
        var vocabulary = new Option<FileInfo>("--vocabulary")
        {
            Description = "A vocab.txt of an uncased model.",
            DefaultValueFactory = _ => new FileInfo(Texts.Vocabulary),
        };
        var checkpoint = new Option<DirectoryInfo?>("--checkpoint")
        {
            Description = "A folder with another tokenizer: vocab.json with merges.txt, or tokenizer.json and a SentencePiece model for " +
                "Microsoft.ML.Tokenizers.",
        };
        var rounds = new Option<int>("--rounds") { Description = "How often each contender has its turn.", DefaultValueFactory = _ => 15 };
        var command = new Command("tokenization", "Text to token ids on one thread, beside Microsoft.ML.Tokenizers.")
        {
            texts,
            count,
            vocabulary,
            checkpoint,
            rounds,
        };
        command.SetAction(arguments => Run(
            Texts.Repeat(Texts.Read(arguments.GetRequiredValue(texts).FullName, int.MaxValue), arguments.GetValue(count)),
            arguments.GetRequiredValue(vocabulary).FullName,
            arguments.GetValue(checkpoint)?.FullName,
            arguments.GetValue(rounds)));
        return command;
    }

    private static void Run(string[] texts, string vocabulary, string? checkpoint, int rounds)
    {
        BertTokenizer ours = checkpoint is null ? BertTokenizer.Create(vocabulary) : BertTokenizer.FromPretrained(checkpoint);
        Tokenizer theirs = checkpoint is null ? MicrosoftBertTokenizer.Create(vocabulary) : Microsoft(checkpoint);
        Way[] ways =
        [
            new("Microsoft.ML.Tokenizers, EncodeToIds", Each(text => theirs.EncodeToIds(text))),
            new("Microsoft.ML.Tokenizers, CountTokens", Each(text => theirs.CountTokens(text))),
            new("Bert.MLNet, EncodeToIds", Each(text => ours.EncodeToIds(text))),
            new("Bert.MLNet, CountTokens", Each(text => ours.CountTokens(text))),
            new("Bert.MLNet, Encode with offsets", Each(text => ours.Encode(text))),
            new("Bert.MLNet, as the pipeline does it", all => AsThePipeline(ours, all)),
            new("Bert.MLNet, as the pipeline does it, two threads", all =>
                Workers.Share((all.Length + Block - 1) / Block, 2,
                    (_, i) => AsThePipeline(ours, new ArraySegment<string>(all, i * Block, Math.Min(Block, all.Length - i * Block))))),
        ];

        string folder = Directory.CreateTempSubdirectory().FullName, list = Path.Combine(folder, "texts.json");
        try
        {
            if (checkpoint is null)
                File.Copy(vocabulary, Path.Combine(folder, "vocab.txt"));
            else
                ours.Save(folder);
            File.WriteAllText(list, JsonSerializer.Serialize(texts));
            using NodePeer? one = NodePeer.IsAvailable ? new NodePeer("tokenize", folder, list, 1) : null,
            batch = NodePeer.IsAvailable ? new NodePeer("batch", folder, list, 1) : null;
            if (one is not null && batch is not null)
            {
                ways =
                [
                    .. ways[..2],
                    new("HuggingFace tokenizers from Node, encode", all => one.Run(all.Length)),
                    new("HuggingFace tokenizers from Node, encodeBatch", all => batch.Run(all.Length)),
                    .. ways[2..],
                ];
            }
            Measure(ways, texts, rounds, ours, theirs, one);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Measure(Way[] ways, string[] texts, int rounds, BertTokenizer ours, Tokenizer theirs, NodePeer? peer)
    {
        int differing = texts.Count(text => !ours.EncodeToIds(text).SequenceEqual(Bare(text)));
        IReadOnlyList<int> Bare(string text) =>
            theirs is MicrosoftBertTokenizer bert ? bert.EncodeToIds(text, addSpecialTokens: false) : theirs.EncodeToIds(text);
        Console.WriteLine(Machine.Description);
        const int Warming = 3; // the first rounds are the compiler's
        long tokens = texts.Sum(text => (long)ours.CountTokens(text));
        var measured = new Rounds([.. ways.Select(way => (Action)(() => way.Run(texts)))], rounds, Warming);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{texts.Length} texts of {(double)tokens / texts.Length:F1} tokens on average; {ours.Vocabulary.Size} tokens in the " +
            $"vocabulary; {measured.Description}"));
        Console.WriteLine($"Microsoft's tokens are others in {differing} of the texts. " + (peer is null
            ? NodePeer.HowToGet
            : $"HuggingFace's are {peer.Run(texts.Length).GetProperty("tokens").GetInt64() - tokens:+0;-0;0} more in all."));
        Print(ways, measured, texts.Length, tokens);
    }

    // Its ids of a SentencePiece model are the model's own, not those that fairseq's checkpoints were trained with.
    private static Tokenizer Microsoft(string checkpoint)
    {
        if (File.Exists(Path.Combine(checkpoint, "vocab.json")))
            return BpeTokenizer.Create(
                new BpeOptions(Path.Combine(checkpoint, "vocab.json"), Path.Combine(checkpoint, "merges.txt"))
                {
                    ByteLevel = true,
                    PreTokenizer = RobertaPreTokenizer.Instance,
                });
        using FileStream model = File.OpenRead(Directory.EnumerateFiles(checkpoint, "*.model").First());
        return SentencePieceTokenizer.Create(model, addBeginningOfSentence: false);
    }

    private static Action<string[]> Each<T>(Func<string, T> tokenize) => texts =>
    {
        foreach (string text in texts)
            tokenize(text);
    };

    private static void AsThePipeline(BertTokenizer tokenizer, ArraySegment<string> texts)
    {
        var row = new List<int>();
        foreach (string text in texts)
        {
            row.Clear();
            tokenizer.EncodeTo(text, default, hasPair: false, int.MaxValue, BertTruncation.None, row, out _);
        }
    }

    private static void Print(Way[] ways, Rounds measured, int texts, long tokens)
    {
        int width = ways.Max(way => way.Name.Length);
        Console.WriteLine();
        Console.WriteLine($"| {"how".PadRight(width)} | million tokens/s | lowest to highest | garbage a text | × Microsoft's |");
        Console.WriteLine($"| {new string('-', width)} | ---------------: | ----------------: | -------------: | ------------: |");
        for (int i = 0; i < ways.Length; i++)
        {
            (double low, double high) = measured.Range(i, Rate);
            string range = string.Create(CultureInfo.InvariantCulture, $"{low:F2} to {high:F2}");
            string garbage = string.Create(CultureInfo.InvariantCulture, $"{measured.Median(i, turn => turn.Garbage) / texts:N0} bytes");
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {ways[i].Name.PadRight(width)} | {measured.Median(i, Rate),16:F2} | {range,17} | {garbage,14} | " +
                $"{measured.MedianRatio(i, 0, Rate),13:F2} |"));
        }

        double Rate(Turn turn) => tokens / turn.Seconds / 1e6; // our count of tokens, also where theirs differs
    }
}
