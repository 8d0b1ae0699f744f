using System.CommandLine;
using System.Globalization;

namespace Bert.MLNet.Pretraining.Commands;

/// <summary><c>tokenize</c>: converts text to token ids, once.</summary>
internal static class TokenizeCommand
{
    public static Command Create()
    {
        Option<FileInfo> text = CommandOptions.Text();
        Option<FileInfo?> documents = CommandOptions.Documents();
        Option<FileSystemInfo> vocabulary = CommandOptions.Vocabulary();
        Option<string> output = CommandOptions.Output("The tokenized corpus to write.");
        var command = new Command("tokenize", "Writes a text's token ids to one binary file.") { text, documents, vocabulary, output };
        command.SetAction(arguments =>
        {
            BertTokenizer tokenizer = CommandOptions.Tokenizer(arguments.GetRequiredValue(vocabulary));
            TokenCorpus corpus = TokenCorpus.Create(
                Documents(arguments.GetRequiredValue(text).FullName, arguments.GetValue(documents)?.FullName), tokenizer);
            corpus.Save(arguments.GetRequiredValue(output));
            Console.WriteLine($"{corpus.Ids.Length} tokens in {corpus.LineStarts.Length} lines of {corpus.DocumentStarts.Length} " +
                "documents");
        });
        return command;
    }

    private static IEnumerable<IReadOnlyList<string>> Documents(string text, string? index)
    {
        IEnumerator<int>? starts = index is null
            ? null
            : File.ReadLines(index).Select(line => int.Parse(line.Split('\t')[0], CultureInfo.InvariantCulture)).Skip(1).GetEnumerator();
        int next = starts is not null && starts.MoveNext() ? starts.Current : int.MaxValue;
        var document = new List<string>();
        int number = 0;
        foreach (string line in File.ReadLines(text))
        {
            bool blank = string.IsNullOrWhiteSpace(line);
            if (document.Count > 0 && (number == next || (blank && starts is null)))
            {
                yield return document;
                document = [];
            }
            if (number++ == next)
                next = starts!.MoveNext() ? starts.Current : int.MaxValue;
            if (!blank)
                document.Add(line);
        }
        if (document.Count > 0)
            yield return document;
    }
}
