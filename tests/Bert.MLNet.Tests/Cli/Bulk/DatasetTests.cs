using System.CommandLine;
using System.Globalization;
using System.Text;
using Bert.MLNet.Cli;
using Bert.MLNet.Cli.Bulk;
using Bert.MLNet.Cli.Files;
using Parquet;
using Parquet.Serialization;

namespace Bert.MLNet.Tests.Cli.Bulk;

/// <summary>The parts of a data set have each of its rows once, in order, in the chunks of the whole.</summary>
public sealed class DatasetTests : IDisposable
{
    private const int Rows = 7_000;

    private readonly TemporaryFolder _folder = new();
    private readonly LineColumns _columns = new LineColumns.Options().Of(new Command("any").Parse([]));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("csv")]
    [InlineData("tsv")]
    [InlineData("jsonl")]
    [InlineData("parquet")]
    [InlineData("utf16.csv")] // which is not divided
    public async Task Parts_of_a_file_are_its_rows_in_the_same_chunks(string form)
    {
        string path = _folder["in." + form];
        if (form == "parquet")
            await ParquetSerializer.SerializeAsync(Enumerable.Range(0, Rows).Select(i => new Row { id = i, text = Text(i) }), path,
                new ParquetOptions { RowGroupSize = 1500 }, cancellationToken: TestContext.Current.CancellationToken);
        else
            await File.WriteAllTextAsync(
                path, Lines(form), form.StartsWith("utf16", StringComparison.Ordinal) ? Encoding.Unicode : new UTF8Encoding(form == "csv"),
                TestContext.Current.CancellationToken);

        string[][] whole = Chunks([path]);
        Assert.Equal(Enumerable.Range(0, Rows).Select(i => $"{i} {(form == "tsv" ? Text(i).Replace('\n', ' ') : Text(i))}"),
            whole.SelectMany(chunk => chunk));
        Assert.InRange(whole.Max(chunk => chunk.Length), 1, 4096);
        Assert.InRange(whole.Length, 2, 8);
        foreach (int count in (int[])[2, 3, 5])
            Assert.Equal(whole, Enumerable.Range(1, count).SelectMany(number => Chunks([path], new Shard(number, count))));
        Assert.Equal(Rows, Enumerable.Range(1, 3).Sum(number => Count(path, new Shard(number, 3))));
    }

    [Fact]
    public void Many_small_files_share_chunks_and_are_opened_only_by_their_part()
    {
        string[] paths = [.. Enumerable.Range(0, 60).Select(i => _folder[$"{i:D2}.jsonl"])];
        foreach ((int i, string path) in paths.Index())
            File.WriteAllLines(path, Enumerable.Range(i * 100, 100).Select(Line));
        string[][] whole = Chunks(paths);
        Assert.Equal(Enumerable.Range(0, 6000).Select(i => $"{i} {Text(i)}"), whole.SelectMany(chunk => chunk));
        Assert.InRange(whole.Length, 2, 5);

        string[][] last = Chunks(paths, new Shard(3, 3));
        File.WriteAllText(paths[20], new string('x', (int)new FileInfo(paths[20]).Length)); // in another part
        Assert.Equal(last, Chunks(paths, new Shard(3, 3)));
    }

    [Fact]
    public void A_symbolic_link_is_read_to_the_end_of_its_target()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links take privileges on Windows.");
        File.WriteAllLines(_folder["in.jsonl"], Enumerable.Range(0, Rows).Select(Line));
        File.CreateSymbolicLink(_folder["near.jsonl"], "in.jsonl");
        File.CreateSymbolicLink(_folder["far.jsonl"], _folder["near.jsonl"]);
        Assert.Equal(Chunks([_folder["in.jsonl"]], new Shard(2, 3)), Chunks([_folder["far.jsonl"]], new Shard(2, 3)));
    }

    [Fact]
    public void Errors_count_rows_from_the_start_of_the_file_or_from_the_byte_where_reading_began()
    {
        File.WriteAllLines(_folder["in.jsonl"], Enumerable.Range(0, Rows).Select(i => i == Rows - 1 ? "no JSON" : Line(i)));
        Assert.StartsWith($"Line {Rows} of '{_folder["in.jsonl"]}' is not valid JSON", Error(null), StringComparison.Ordinal);
        Assert.Matches("^Line [0-9]+ of '.*in.jsonl' from byte [0-9]+ on is not valid JSON", Error(new Shard(3, 3)));

        string Error(Shard? shard) => Assert.Throws<InvalidDataException>(() => Chunks([_folder["in.jsonl"]], shard)).Message;
    }

    [Fact]
    public void Folders_and_patterns_name_files_in_the_order_of_their_paths()
    {
        foreach (string file in (
            string[])["b/2.jsonl", "b/1.csv", "a.tsv", "c.parquet", "notes.txt", ".hidden.jsonl", "_tmp/x.jsonl", "b/1.csv.manifest.json"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[file])!);
            File.WriteAllText(_folder[file], "");
        }
        Assert.Equal(["a.tsv", "b/1.csv", "b/2.jsonl", "c.parquet"], Names(_folder.Path));
        Assert.Equal(["b/2.jsonl"], Names(_folder["b", "*.jsonl"]));
        Assert.Equal(["b/1.csv"], Names(_folder["**", "*.csv"]));
        Assert.Contains("No file matches", Assert.Throws<InvalidDataException>(() => Names(_folder["*.json"])).Message,
            StringComparison.Ordinal);
        var error = Assert.Throws<UsageException>(() => Dataset.Open(_folder.Path).RefuseOutput(_folder["b", "out.jsonl"]));
        Assert.EndsWith("would be a file of the data set. Choose another folder.", error.Message, StringComparison.Ordinal);
        Dataset.Open(_folder.Path).RefuseOutput(_folder["b", "out.txt"]);

        string[] Names(string name) =>
            [.. new DatasetName(name).Files().Select(file => Path.GetRelativePath(_folder.Path, file).Replace('\\', '/'))];
    }

    private string[][] Chunks(string[] paths, Shard? shard = null)
    {
        Dataset dataset = Dataset.Open(paths);
        return [.. dataset.Chunks(shard?.Of(dataset.Blocks) ?? dataset.Whole, _columns, TestContext.Current.CancellationToken)
            .Select(chunk => chunk.Select(line => $"{line.Value("id")} {line.Text("text")}").ToArray())];
    }

    private long Count(string path, Shard shard)
    {
        Dataset dataset = Dataset.Open(path);
        return dataset.Count(shard.Of(dataset.Blocks), _columns, TestContext.Current.CancellationToken);
    }

    private static string Lines(string form) => form switch
    {
        "jsonl" => string.Join('\n', Enumerable.Range(0, Rows).Select(Line)),
        "tsv" => "id\ttext\n" + string.Concat(Enumerable.Range(0, Rows).Select(i => $"{i}\t{Text(i).Replace('\n', ' ')}\n")),
        _ => "id,text\r\n" + string.Concat(
            Enumerable.Range(0, Rows).Select(i => $"{i},\"{Text(i).Replace("\"", "\"\"", StringComparison.Ordinal)}\"\r\n")),
    };

    private static string Line(int i) => $"{{\"id\": {i}, \"text\": {System.Text.Json.JsonSerializer.Serialize(Text(i))}}}";

    private static string Text(int i) =>
        string.Create(CultureInfo.InvariantCulture, $"text {i * 7919 % 10007}") + (i % 5 == 0 ? "\nof \"two\" lines, and é" : "") +
            new string('.', i % 11);

#pragma warning disable IDE1006 // the names of columns
    private sealed class Row
    {
        public int id { get; set; }

        public string text { get; set; } = "";
    }
#pragma warning restore IDE1006
}
