using System.CommandLine;

namespace Bert.MLNet.Pretraining.Commands;

/// <summary><c>vocabulary</c>: learns WordPieces from text.</summary>
internal static class VocabularyCommand
{
    public static Command Create()
    {
        Option<FileInfo> text = CommandOptions.Text();
        Option<int> size = new("--size") { Description = "Tokens.", DefaultValueFactory = _ => 16_384 };
        Option<int> alphabet = new("--alphabet")
        {
            Description = "The maximum number of single characters.",
            DefaultValueFactory = _ => 400,
        };
        Option<string> output = CommandOptions.Output("The vocab.txt to write.");
        var command = new Command("vocabulary", "Trains an uncased WordPiece vocabulary.") { text, size, alphabet, output };
        command.SetAction(arguments =>
        {
            BertVocabulary vocabulary = BertVocabulary.Train(
                File.ReadLines(arguments.GetRequiredValue(text).FullName), arguments.GetValue(size),
                alphabetLimit: arguments.GetValue(alphabet));
            vocabulary.Save(arguments.GetRequiredValue(output));
            Console.WriteLine($"{vocabulary.Size} tokens");
        });
        return command;
    }
}
