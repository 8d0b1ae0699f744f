using System.CommandLine;
using System.Globalization;
using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Generation;
using Bert.MLNet.Models;
using Bert.MLNet.Testing;

namespace Bert.MLNet.Benchmarks;

/// <summary>
/// Texts per second of a decoder with kept keys and values, beside the same decoder without them, and beside one text at a time. All must
/// write the same tokens. The contenders take turns, and the medians of the rounds are printed.
/// </summary>
internal static class GenerationBenchmark
{
    private const int TokensPerBatch = 1024;

    public static Command Command()
    {
        var texts = new Option<FileInfo>("--texts")
        {
            Description = "A file of sentences, one a line; of a .tsv the first column, without its header.",
            DefaultValueFactory = _ => new FileInfo(Texts.Reviews),
        };
        var count = Number("--count", "How many sources.", 200);
        var layers = Number("--layers", "Layers of the encoder and of the decoder.", 6);
        var hidden = Number("--hidden", "The size of hidden states, a multiple of 64.", 512);
        var beams = Number("--beams", "Beams.", 4);
        var length = Number("--length", "The length of the texts that are written, in tokens.", 32);
        var rounds = Number("--rounds", "How often each contender has its turn.", 3);
        var threads = Number("--threads", "Threads that compute.", Environment.ProcessorCount);
        var command = new Command(
            "generation", "Texts from texts, with beams: kept keys and values beside none, batches beside one text at a time.")
            { texts, count, layers, hidden, beams, length, rounds, threads };
        command.SetAction(arguments => Run(
            Create(arguments.GetValue(layers), arguments.GetValue(hidden)),
            Texts.Read(arguments.GetRequiredValue(texts).FullName, arguments.GetValue(count)),
            new BertGenerationOptions
            {
                NumBeams = arguments.GetValue(beams),
                MaxLength = arguments.GetValue(length),
                NoRepeatNgramSize = 3,
            },
            arguments.GetValue(rounds), arguments.GetValue(threads)));
        return command;

        static Option<int> Number(string name, string description, int value) =>
            new(name) { Description = description, DefaultValueFactory = _ => value };
    }

    private static void Run(BertModel model, string[] texts, BertGenerationOptions options, int rounds, int threads)
    {
        using var generator = new TextGenerator(model);
        using var forgetful = new ForgetfulGenerator(model);
        TokenSequence<GeneratedSequence[]>[] sources = [.. texts.Select(text => Source(model, text))];
        List<Range> batches = LengthBatches.SortAndCut(sources.AsSpan(), TokensPerBatch, threads);
        var written = new int[3][][];
        (string Name, Action Work)[] turns =
        [
            ("kept keys and values, in batches",
                () => Workers.Share(batches.Count, threads, (_, i) => generator.Run(sources.AsSpan(batches[i]), options))),
            ("kept keys and values, one text at a time", () =>
            {
                for (int i = 0; i < sources.Length; i++)
                    generator.Run(sources.AsSpan(i, 1), options);
            }),
            ("nothing kept, in batches", () => Workers.Share(batches.Count, threads, (_, i) =>
            {
                TokenSequence<GeneratedSequence[]>[] batch = sources[batches[i]];
                foreach ((TokenSequence<GeneratedSequence[]> source, GeneratedSequence[] found) in
                    batch.Zip(forgetful.Run([.. batch.Select(source => source.Ids.ToArray())], options)))
                    source.Kept = found;
            })),
        ];
        var measured = new Rounds([.. turns.Select((turn, i) => (Action)(() =>
        {
            turn.Work();
            written[i] = [.. sources.Select(source => source.Kept[0].Ids)];
        }))], rounds, warming: 1);
        int tokens = written[0].Sum(text => text.Length - 1);
        Console.WriteLine(Machine.Description);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{model} and a decoder of {model.Decoder!.Config.NumHiddenLayers}; {texts.Length} sources, {options.NumBeams} beams, " +
            $"{tokens} tokens written; " +
            $"{threads} threads; {measured.Description}"));
        for (int i = 1; i < turns.Length; i++)
            Console.WriteLine($"Texts equal to the first, {turns[i].Name}: " +
                $"{written[i].Zip(written[0]).Count(pair => pair.First.SequenceEqual(pair.Second))} of {texts.Length}");
        Console.WriteLine();
        Console.WriteLine("| what | texts a second | × time of the first | garbage, bytes a token |");
        Console.WriteLine("| ---- | -------------: | ------------------: | ---------------------: |");
        for (int i = 0; i < turns.Length; i++)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {turns[i].Name} | {texts.Length / measured.Median(i, turn => turn.Seconds):F1} | " +
                $"{measured.MedianRatio(i, 0, turn => turn.Seconds):F2} | " +
                $"{measured.Median(i, turn => turn.Garbage) / tokens:F0} |"));
    }

    private static TokenSequence<GeneratedSequence[]> Source(BertModel model, string text)
    {
        var source = new TokenSequence<GeneratedSequence[]>();
        model.Tokenizer.EncodeTo(text, default, hasPair: false, 64, BertTruncation.OnlyFirst, source.Ids, out int pairStart);
        source.PairStart = pairStart;
        return source;
    }

    private static BertModel Create(int layers, int hidden)
    {
        BertTokenizer tokenizer = BertModel.Default.Tokenizer;
        var config = new BertConfig
        {
            VocabSize = tokenizer.Vocabulary.Size, HiddenSize = hidden, NumHiddenLayers = layers, NumAttentionHeads = hidden / 64,
            IntermediateSize = 4 * hidden, PadTokenId = tokenizer.PadTokenId,
        };
        BertModel encoder = new(config, tokenizer, BertWeights.Create(ExpectedTensors.Encoder(config).Select(tensor =>
            (tensor.Name, tensor.Shape, Values(tensor.Name, tensor.Shape)))), name: $"{layers} × {hidden}");
        BertModel model = encoder.WithDecoder();
        // Weights that differ enough for texts to differ; the speed does not depend on them.
        BertWeights weights = BertWeights.Create(model.Decoder!.Weights.Names.Where(name => name != CanonicalNames.Decoder).Select(name =>
            (name, model.Decoder.Weights[name].Shape, Values("decoder." + name, model.Decoder.Weights[name].Shape))));
        return new BertModel(model.Config, tokenizer, model.Weights, name: model.Name) { Decoder = model.Decoder.With(weights) };
    }

    private static float[] Values(string name, int[] shape)
    {
        bool norm = name.EndsWith("LayerNorm.weight", StringComparison.Ordinal);
        return SeededWeights.Values(name, shape.Aggregate(1, (a, b) => a * b), 0.05, norm ? 1 : 0);
    }
}
