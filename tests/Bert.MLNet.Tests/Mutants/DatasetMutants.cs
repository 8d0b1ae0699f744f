using System.CommandLine;
using System.Text;
using System.Text.Json;
using Bert.MLNet.Cli;
using Bert.MLNet.Cli.Bulk;
using Bert.MLNet.Cli.Files;
using Bert.MLNet.Cli.Tables;
using Bert.MLNet.Files;
using Bert.MLNet.Tasks;
using Parquet;
using Parquet.Schema;

namespace Bert.MLNet.Tests.Mutants;

/// <summary>Data sets: the tables and lines that the tool reads, entities and questions.</summary>
internal static class DatasetMutants
{
    private static readonly ToolStreams s_streams = new(Stream.Null, Stream.Null, TextWriter.Null);

    private static readonly string[] s_texts = ["the good film", "\"bad\", they say", "", "Malmö – 5\" disk 👍", "// the end"];

    public static IEnumerable<MutantKind> All(string folder)
    {
        yield return Of("table.csv", Lines("id,text,Label", ',', "\r\n"));
        yield return Of("table.tsv", Lines("id\ttext\tLabel", '\t', "\n"));
        yield return Of("table.txt", Lines("id;text;Label", ';', "\r"));
        yield return Of("table.jsonl",
            string.Concat(s_texts.Select(
            (text, i) => JsonSerializer.Serialize(new { id = i, text, Label = i % 2 + 0.5, tags = new[] { i } }) + "\n")));
        yield return Kind("utf16.csv", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("text,Label\ngood,1\nbad,0\n")],
            isText: false, ReadTable);
        yield return Kind("table.parquet", Parquet(), isText: false, ReadTable);
        yield return Entities("words.conll",
            "# a comment\n-DOCSTART- -X- O\n\n1 Ada B-PER\n2 Lovelace I-PER\n3 wrote O\n\n# another\n1 Malmö B-LOC\n");
        yield return Entities("words.jsonl", """{"words": ["Ada", "wrote"], "labels": ["B-PER", "O"]}""" + "\n");
        yield return Entities("places.jsonl", """
            {"text": "👍 Ada wrote", "entities": [{"label": "PER", "start": 2, "end": 5, "text": "Ada"}]}
            {"text": "Ada wrote", "label": [[0, 3, "PER"]]}

            """);
        yield return Questions("squad.json", """
            {"data": [{"paragraphs": [{"context": "Ada wrote 👍 programs.", "qas": [{"question": "Who wrote?",
            "answers": [{"text": "Ada", "answer_start": 0}]}, {"question": "Why?", "is_impossible": true, "answers": []}]}]}]}
            """);
        yield return Questions("questions.jsonl", """{"question": "Who?", "context": "Ada wrote.", "answers": {"text": ["Ada"], "answer_start": [0]}}""" + "\n");

        MutantKind Of(string name, string content) => Kind(name, Encoding.UTF8.GetBytes(content), isText: true, ReadTable);

        MutantKind Entities(string name, string content) =>
            Kind(name, Encoding.UTF8.GetBytes(content), isText: true, path => NamedEntityFile.Read(path, null, null));

        MutantKind Questions(string name, string content) =>
            Kind(name, Encoding.UTF8.GetBytes(content), isText: true, path => QuestionFile.Read(path));

        MutantKind Kind(string name, byte[] content, bool isText, Action<string> read) => new("data set " + name, content, isText, mutant =>
        {
            string place = Directory.CreateDirectory(Path.Combine(folder, Guid.NewGuid().ToString("N"))).FullName,
                file = Path.Combine(place, name);
            try
            {
                File.WriteAllBytes(file, mutant);
                read(file);
            }
            finally
            {
                Directory.Delete(place, recursive: true);
            }
        }, name);
    }

    /// <summary>Reads a file as what is learnt from, and as what is answered.</summary>
    private static void ReadTable(string path)
    {
        Table table = Table.Read(path, s_streams, rows => Header.IsThere(rows, rows[0].Length - 1), []);
        if (table.Rows.Any(row => row.Length != table.Width))
            throw new InvalidOperationException("A row has another number of cells than its table has columns.");
        LineColumns columns = new LineColumns.Options().Of(new Command("any").Parse([]));
        Dataset dataset = Dataset.Open(path);
        _ = dataset.Count(dataset.Whole, columns, default);
        foreach (JsonLine line in LineFile.Read(path, s_streams, columns, default))
            _ = line.Text("text");
    }

    private static string Lines(string header, char separator, string end) =>
        header + end + string.Concat(
            s_texts.Select((text, i) =>
                string.Join(separator, i, separator == '\t' ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
                    $"{i % 2}.5") + end));

    private static byte[] Parquet()
    {
        var stream = new MemoryStream();
        WriteAsync().GetAwaiter().GetResult();
        return stream.ToArray();

        async Task WriteAsync()
        {
            var schema = new ParquetSchema(
                new DataField<int>("id", false), new DataField<string>("text", true), new DataField<double>("Label", false));
            await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, stream);
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync<int>(schema.DataFields[0], Enumerable.Range(0, s_texts.Length).ToArray());
            await group.WriteAsync(schema.DataFields[1], s_texts);
            await group.WriteAsync<double>(schema.DataFields[2], s_texts.Select((_, i) => i % 2 + 0.5).ToArray());
        }
    }
}
