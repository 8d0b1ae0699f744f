using System.CommandLine;
using System.Globalization;
using System.Text;
using Bert.MLNet.Cli.Files;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>train-vocabulary</c>: trains a WordPiece vocabulary on text.</summary>
internal static class TrainVocabularyVerb
{
    public static Command Create(ToolStreams streams)
    {
        var dataset = new Option<string>("--dataset")
        {
            Description = "UTF-8 text, one paragraph per line; '-' is standard input.",
            DefaultValueFactory = _ => "-",
        };
        var output = new Option<string>("--output", "-o")
        {
            Description = "The vocab.txt to write; '-' is standard output.",
            DefaultValueFactory = _ => LineFile.Pipe,
        };
        var size = new Option<int>("--vocab-size") { Description = "The number of tokens.", DefaultValueFactory = _ => 30_522 };
        var frequency = new Option<int>("--min-frequency")
        {
            Description = "How often a pair of neighboring pieces must occur to be merged.",
            DefaultValueFactory = _ => 2,
        };
        var alphabet = new Option<int>("--limit-alphabet")
        {
            Description = "The maximum number of single characters.",
            DefaultValueFactory = _ => 1_000,
        };
        foreach (Option<int> option in new[] { size, alphabet })
            CommonOptions.Require(option, value => value >= 1, "at least 1");
        CommonOptions.Require(frequency, value => value >= 0, "at least 0");
        var cased = new Option<bool>("--cased") { Description = "Keep uppercase letters and accents." };
        var command = new Command("train-vocabulary", "Trains a WordPiece vocabulary on text, like HuggingFace's trainer.")
        {
            dataset,
            output,
            size,
            frequency,
            alphabet,
            cased,
        };
        command.SetAction((arguments, cancellation) =>
        {
            string path = arguments.GetRequiredValue(dataset);
            Overwriting.Refuse(arguments.GetRequiredValue(output), path);
            using TextFile reader = path == LineFile.Pipe ? new TextFile(streams.In, "standard input") : TextFile.Open(path);
            BertVocabulary vocabulary = BertVocabulary.Train(
                Lines(reader), arguments.GetValue(size), arguments.GetValue(frequency), arguments.GetValue(alphabet),
                new BertTokenizerOptions { DoLowerCase = !arguments.GetValue(cased) }, cancellation);
            using OutputFile file = OutputFile.Create(arguments.GetRequiredValue(output), streams);
            file.Stream.Write(Encoding.UTF8.GetBytes(vocabulary.ToText()));
            file.Commit();
            streams.Tell(arguments, string.Create(CultureInfo.InvariantCulture, $"{vocabulary.Size} tokens"));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static IEnumerable<string> Lines(TextFile reader)
    {
        while (reader.ReadLine() is { } line)
            yield return line;
    }
}
