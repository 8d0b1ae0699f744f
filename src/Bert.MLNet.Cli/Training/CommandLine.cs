using System.CommandLine;
using System.Text.RegularExpressions;

namespace Bert.MLNet.Cli.Training;

/// <summary>The command line that reproduces a run.</summary>
internal static partial class CommandLine
{
    /// <summary>The maximum length of a text in the command; a longer one is cut off.</summary>
    private const int MostCharacters = 60;

    /// <summary>The command line, quoted for a POSIX shell.</summary>
    public static string Of(ParseResult arguments) =>
        string.Join(' ', ["bert-mlnet", .. arguments.Tokens.Select(token => Quote(token.Value))]);

    /// <summary>The command line that predicts a text, or a pair, with a trained model.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="path">The path of the model.</param>
    /// <param name="texts">The texts; the second is empty for a single one.</param>
    public static string ToAsk(string verb, string path, params IReadOnlyList<string> texts)
    {
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        string[] options = ["--text", "--pair"];
        IEnumerable<string> words = texts.Zip(options).Where(text => text.First.Length > 0)
            .SelectMany(text => new[] { text.Second, Quote(Start(text.First)) });
        path = relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
        return string.Join(' ', ["bert-mlnet", verb, "--model", Quote(path), .. words]);
    }

    /// <summary>The start of a text, without half words or line breaks.</summary>
    private static string Start(string text)
    {
        string line = ErrorText.OneLine(text);
        int end = line.Length <= MostCharacters ? line.Length : line.LastIndexOf(' ', MostCharacters);
        return line[..(end > 0 ? end : line.Length)];
    }

    private static string Quote(string value) =>
        Plain().IsMatch(value) ? value : $"'{value.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"^[\w./:=@%+,-]+$")]
    private static partial Regex Plain();
}
