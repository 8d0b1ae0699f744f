using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Bert.MLNet.Pretraining.Commands;

/// <summary><c>sentences</c>: collects the texts that a teacher converts to vectors.</summary>
internal static class SentencesCommand
{
    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        Option<FileInfo> text = CommandOptions.Text();
        Option<string[]> tables = new("--tables")
        {
            Description = "More texts, all of whose sentences are used: FILE or FILE:COLUMN[,COLUMN...], columns counted from 0. A .tsv " +
                "file has a header, a .csv file has none; .gz is decompressed.",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<string[]> without = new("--without")
        {
            Description = "Files, as for --tables, whose sentences are left out, such as those that evaluate a student.",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<int> count = new("--count")
        {
            Description = "The number of sentences to draw from --text.",
            DefaultValueFactory = _ => 500_000,
        };
        Option<int> minWords = new("--min-words") { Description = "Shorter sentences are left out.", DefaultValueFactory = _ => 3 };
        Option<int> maxWords = new("--max-words") { Description = "Longer sentences are left out.", DefaultValueFactory = _ => 60 };
        Option<int> seed = CommandOptions.Seed();
        Option<string> output = CommandOptions.Output("The JSON lines to write, with the fields id and text, in random order.");
        var command = new Command("sentences", "Collects sentences for a teacher.")
        {
            text, tables, without, count, minWords, maxWords, seed, output,
        };
        command.SetAction(arguments =>
        {
            var random = new Random(arguments.GetValue(seed));
            int least = arguments.GetValue(minWords), most = arguments.GetValue(maxWords);
            string[] drawn = [.. PlainSentences.Read(arguments.GetRequiredValue(text).FullName, least, most)];
            random.Shuffle(drawn);
            HashSet<string> held = [.. (arguments.GetValue(without) ?? [])
                .SelectMany(table => PlainSentences.Read(table, 1, int.MaxValue))];
            string[] all =
            [
                .. drawn.Take(arguments.GetValue(count))
                    .Concat((arguments.GetValue(tables) ?? []).SelectMany(table => PlainSentences.Read(table, least, most)))
                    .Distinct().Where(sentence => !held.Contains(sentence)),
            ];
            random.Shuffle(all);
            File.WriteAllLines(arguments.GetRequiredValue(output), all.Select((sentence, id) =>
                JsonSerializer.Serialize(new { id, text = sentence }, s_json)));
            Console.WriteLine($"{all.Length} sentences");
        });
        return command;
    }
}
