using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MicrosoftBertTokenizer = Microsoft.ML.Tokenizers.BertTokenizer;

namespace Bert.MLNet.Benchmarks;

/// <summary>
/// Tokens per second of one thread and garbage per sentence, of this library's tokenizer and Microsoft.ML.Tokenizers'. The contenders
/// take turns, so that a change of the machine's speed meets them all, and the medians of the rounds are printed.
/// </summary>
internal static class TokenizerBenchmark
{
    /// <summary>One way to tokenize.</summary>
    /// <param name="Name">What the table calls it.</param>
    /// <param name="Tokenize">Tokenizes a text and tells the number of tokens, without special ones.</param>
    private sealed record Way(string Name, Func<string, int> Tokenize);

    public static Command Command()
    {
        var texts = new Option<FileInfo>("--texts") { Description = "A file of texts, one a line; of a .tsv the first column, without its header.", DefaultValueFactory = _ => new FileInfo(Texts.Reviews) };
        var count = new Option<int>("--count") { Description = "How many of them.", DefaultValueFactory = _ => 10_000 };
        var vocabulary = new Option<FileInfo>("--vocabulary") { Description = "A vocab.txt of an uncased model.", DefaultValueFactory = _ => new FileInfo(Texts.Vocabulary) };
        var rounds = new Option<int>("--rounds") { Description = "How often each contender has its turn.", DefaultValueFactory = _ => 15 };
        var command = new Command("tokenization", "Text to token ids on one thread, beside Microsoft.ML.Tokenizers.") { texts, count, vocabulary, rounds };
        command.SetAction(arguments => Run(
            Texts.Read(arguments.GetRequiredValue(texts).FullName, arguments.GetValue(count)),
            arguments.GetRequiredValue(vocabulary).FullName,
            arguments.GetValue(rounds)));
        return command;
    }

    private static void Run(string[] texts, string vocabulary, int rounds)
    {
        BertTokenizer ours = BertTokenizer.Create(vocabulary);
        MicrosoftBertTokenizer theirs = MicrosoftBertTokenizer.Create(vocabulary);
        var row = new List<int>();
        Way[] ways =
        [
            new("Microsoft.ML.Tokenizers, EncodeToIds", text => theirs.EncodeToIds(text).Count - 2),
            new("Microsoft.ML.Tokenizers, CountTokens", text => theirs.CountTokens(text)),
            new("Bert.MLNet, EncodeToIds", text => ours.EncodeToIds(text).Count),
            new("Bert.MLNet, CountTokens", text => ours.CountTokens(text)),
            new("Bert.MLNet, Encode with offsets", text => ours.Encode(text).Length - 2),
            new("Bert.MLNet, as the pipeline does it", text =>
            {
                row.Clear();
                return ours.EncodeTo(text, default, hasPair: false, int.MaxValue, BertTruncation.None, row, out _) - 2;
            }),
        ];

        int differing = texts.Count(text => !ours.EncodeToIds(text).SequenceEqual(theirs.EncodeToIds(text, addSpecialTokens: false)));
        Console.WriteLine(Machine.Description);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{texts.Length} texts of {texts.Average(text => ours.CountTokens(text)):F1} tokens on average; {ours.Vocabulary.Size} tokens in the vocabulary; one thread; medians of {rounds} rounds"));
        Console.WriteLine($"The two differ in {differing} of the texts.");
        Print(ways, Measure(ways, texts, rounds));
    }

    private static List<(double Rate, double Garbage)>[] Measure(Way[] ways, string[] texts, int rounds)
    {
        List<(double Rate, double Garbage)>[] results = [.. ways.Select(_ => new List<(double, double)>())];
        // The first rounds are the compiler's.
        const int Warming = 3;
        for (int round = -Warming; round < rounds; round++)
        {
            for (int i = 0; i < ways.Length; i++)
            {
                GC.Collect();
                long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp(), tokens = 0;
                foreach (string text in texts)
                    tokens += ways[i].Tokenize(text);
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                if (round >= 0)
                    results[i].Add((tokens / seconds, (double)(GC.GetAllocatedBytesForCurrentThread() - before) / texts.Length));
            }
        }
        return results;
    }

    private static void Print(Way[] ways, List<(double Rate, double Garbage)>[] results)
    {
        int width = ways.Max(way => way.Name.Length);
        double Rate(int way) => Median(results[way].Select(result => result.Rate)) / 1e6;
        Console.WriteLine();
        Console.WriteLine($"| {"how".PadRight(width)} | million tokens/s | lowest to highest | garbage a text | × Microsoft's |");
        Console.WriteLine($"| {new string('-', width)} | ---------------: | ----------------: | -------------: | ------------: |");
        for (int i = 0; i < ways.Length; i++)
        {
            string range = string.Create(CultureInfo.InvariantCulture, $"{results[i].Min(result => result.Rate) / 1e6:F2} to {results[i].Max(result => result.Rate) / 1e6:F2}");
            string garbage = string.Create(CultureInfo.InvariantCulture, $"{Median(results[i].Select(result => result.Garbage)):N0} bytes");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {ways[i].Name.PadRight(width)} | {Rate(i),16:F2} | {range,17} | {garbage,14} | {Rate(i) / Rate(0),13:F2} |"));
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
