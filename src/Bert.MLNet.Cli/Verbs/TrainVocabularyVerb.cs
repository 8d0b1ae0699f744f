using System.CommandLine;
using System.Globalization;
using System.Text;
using Bert.MLNet.Cli.Files;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>train-vocabulary</c>: trains a vocabulary or a tokenizer on text.</summary>
internal static class TrainVocabularyVerb
{
    private const string WordPiece = "wordpiece", ByteBpe = "byte-bpe", Unigram = "unigram";

    public static Command Create(ToolStreams streams)
    {
        var dataset = new Option<string>("--dataset")
        {
            Description = "UTF-8 text, one paragraph per line; '-' is standard input.",
            DefaultValueFactory = _ => "-",
        };
        var output = new Option<string>("--output", "-o")
        {
            Description = $"For {WordPiece}, the vocab.txt to write; '-' is standard output. For {ByteBpe} and {Unigram}, the folder.",
            DefaultValueFactory = _ => LineFile.Pipe,
        };
        var algorithm = new Option<string>("--algorithm")
        {
            Description = $"What to learn: {WordPiece}, as BERT uses; {ByteBpe}, as GPT-2 uses; or {Unigram}, as SentencePiece does.",
            DefaultValueFactory = _ => WordPiece,
        };
        algorithm.AcceptOnlyFromAmong(WordPiece, ByteBpe, Unigram);
        var size = new Option<int?>("--vocab-size")
        {
            Description = $"The number of tokens. Default: 30522 for {WordPiece}, 30000 for {ByteBpe}, 8000 for {Unigram}.",
        };
        var frequency = new Option<int>("--min-frequency")
        {
            Description = $"How often a pair of neighboring pieces must occur to be merged, for {WordPiece} and {ByteBpe}.",
            DefaultValueFactory = _ => 2,
        };
        var alphabet = new Option<int>("--limit-alphabet")
        {
            Description = $"The maximum number of single characters, for {WordPiece} and {Unigram}.",
            DefaultValueFactory = _ => 1_000,
        };
        var tokenLength = new Option<int?>("--max-token-length")
        {
            Description = $"The number of bytes that tokens of more than two bytes do not reach, for {ByteBpe}.",
        };
        var pieceLength = new Option<int>("--max-piece-length")
        {
            Description = $"The maximum number of characters in a token, for {Unigram}.",
            DefaultValueFactory = _ => 16,
        };
        CommonOptions.Require(size, value => value is null or >= 1, "at least 1");
        CommonOptions.Require(tokenLength, value => value is null or >= 1, "at least 1");
        CommonOptions.Require(frequency, value => value >= 0, "at least 0");
        foreach (Option<int> option in new[] { alphabet, pieceLength })
            CommonOptions.Require(option, value => value >= 1, "at least 1");
        var cased = new Option<bool>("--cased") { Description = $"Keep uppercase letters and accents, for {WordPiece}; others keep them." };
        var blank = new Option<bool>("--add-prefix-space")
        {
            Description = $"Tokenize the first word of a text like the others, for {ByteBpe}.",
        };
        var command = new Command(
            "train-vocabulary", "Trains a WordPiece vocabulary, or a byte-level BPE or Unigram tokenizer, on text, like HuggingFace's " +
            "trainers.") { dataset, output, algorithm, size, frequency, alphabet, tokenLength, pieceLength, cased, blank };
        command.SetAction((arguments, cancellation) =>
        {
            string path = arguments.GetRequiredValue(dataset), target = arguments.GetRequiredValue(output);
            string kind = arguments.GetRequiredValue(algorithm);
            RefuseOthers(arguments, kind, (frequency, [WordPiece, ByteBpe]), (alphabet, [WordPiece, Unigram]), (tokenLength, [ByteBpe]),
                (pieceLength, [Unigram]), (cased, [WordPiece]), (blank, [ByteBpe]));
            if (kind != WordPiece && target == LineFile.Pipe)
                throw new UsageException($"--algorithm {kind} writes several files. Specify their folder with --output.");
            Overwriting.Refuse(target, path);
            if (kind != WordPiece)
                Overwriting.Refuse(Path.Combine(target, Path.GetFileName(path)), path);
            using TextFile reader = path == LineFile.Pipe ? new TextFile(streams.In, "standard input") : TextFile.Open(path);
            BertVocabulary vocabulary;
            if (kind == WordPiece)
            {
                vocabulary = BertVocabulary.Train(
                    Lines(reader), arguments.GetValue(size) ?? 30_522, arguments.GetValue(frequency), arguments.GetValue(alphabet),
                    new BertTokenizerOptions { DoLowerCase = !arguments.GetValue(cased) }, cancellation);
                using OutputFile file = OutputFile.Create(target, streams);
                file.Stream.Write(Encoding.UTF8.GetBytes(vocabulary.ToText()));
                file.Commit();
            }
            else
            {
                BertTokenizer tokenizer = kind == ByteBpe
                    ? BertTokenizer.TrainByteBpe(Lines(reader), new BertByteBpeTrainingOptions
                    {
                        VocabSize = arguments.GetValue(size) ?? 30_000,
                        MinFrequency = arguments.GetValue(frequency),
                        MaxTokenLength = arguments.GetValue(tokenLength),
                        AddPrefixSpace = arguments.GetValue(blank),
                    }, cancellation)
                    : BertTokenizer.TrainUnigram(Lines(reader), new BertUnigramTrainingOptions
                    {
                        VocabSize = arguments.GetValue(size) ?? 8_000,
                        LimitAlphabet = arguments.GetValue(alphabet),
                        MaxPieceLength = arguments.GetValue(pieceLength),
                    }, cancellation);
                tokenizer.Save(target);
                vocabulary = tokenizer.Vocabulary;
            }
            streams.Tell(arguments, string.Create(CultureInfo.InvariantCulture, $"{vocabulary.Size} tokens"));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static void RefuseOthers(ParseResult arguments, string kind, params (Option Option, string[] Kinds)[] options)
    {
        foreach ((Option option, string[] kinds) in options)
        {
            if (!kinds.Contains(kind) && arguments.GetResult(option) is { Implicit: false })
            {
                throw new UsageException(
                    $"{option.Name} is an option of --algorithm {string.Join(" and ", kinds)}. Omit it for --algorithm {kind}.");
            }
        }
    }

    private static IEnumerable<string> Lines(TextFile reader)
    {
        while (reader.ReadLine() is { } line)
            yield return line;
    }
}
