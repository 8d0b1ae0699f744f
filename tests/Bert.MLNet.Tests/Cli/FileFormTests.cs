using System.Text.Json;
using Bert.MLNet.Cli.Files;
using Parquet;
using Parquet.Schema;

namespace Bert.MLNet.Tests.Cli;

/// <summary>Tables and Parquet in and out by the names of files, against the JSON lines of the same run.</summary>
public sealed class FileFormTests : IDisposable
{
    private const string Lines = """
        {"id": 1, "text": "a, \"b\"", "pair": "c"}
        {"id": 2, "text": "good\ta", "pair": null}
        {"id": 3, "text": "", "pair": "d"}
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public FileFormTests() => _model = new TinyCheckpoint().Write(_folder["model"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("csv")]
    [InlineData("parquet")]
    public async Task A_table_is_answered_as_the_same_lines_are(string form)
    {
        if (form == "csv")
            await File.WriteAllTextAsync(
                _folder["in.csv"], "id,text,pair\n1,\"a, \"\"b\"\"\",c\n2,\"good\ta\",\n3,,d\n", TestContext.Current.CancellationToken);
        else
            await WriteParquetAsync(_folder["in.parquet"]);
        ToolRun run = await ToolRun.Of("", "embed", "--model", _model, "--dataset", _folder["in." + form]);
        Assert.Equal((await ToolRun.Of(Lines, "embed", "--model", _model)).Output, run.Output);
    }

    [Fact]
    public async Task Parquet_holds_lists_numbers_and_texts_of_the_lines()
    {
        JsonElement[] lines = (await ToolRun.Of(Lines, "embed", "--model", _model)).Lines;
        ToolRun run = await ToolRun.Of(Lines, "embed", "--model", _model, "--output", _folder["out.parquet"]);
        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Equal(["out.parquet"], Directory.EnumerateFiles(_folder.Path, "out*").Select(Path.GetFileName));

        await using FileStream stream = File.OpenRead(_folder["out.parquet"]);
        await using ParquetReader reader =
            await ParquetReader.CreateAsync(stream, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["id", "embedding", "pair_embedding"], reader.Schema.Fields.Select(field => field.Name));
        using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
        long?[] ids = new long?[3];
        await group.ReadAsync(reader.Schema.DataFields[0], ids.AsMemory(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal([1, 2, 3], ids);
        float[] expected = [.. lines.SelectMany(line => ToolRun.Numbers(line, "embedding")).Select(value => (float)value)];
        Assert.Equal(expected, (await ListsAsync(group, reader.Schema.DataFields[1], expected.Length)).Values);
        float[] pairs = [.. lines.Where(line => line.TryGetProperty("pair_embedding", out _))
            .SelectMany(line => ToolRun.Numbers(line, "pair_embedding")).Select(value => (float)value)];
        // and one that is missing
        (float[] values, int[] definitions) = await ListsAsync(group, reader.Schema.DataFields[2], pairs.Length + 1);
        Assert.Equal(pairs, values[..pairs.Length]);
        Assert.Equal(1, definitions.Count(level => level == 0));
    }

    [Fact]
    public async Task A_list_in_Parquet_may_be_empty_or_missing()
    {
        using var lines = new MemoryStream("{\"a\": [1.5, 2]}\n{\"a\": []}\n{}\n{\"a\": null}\n{\"a\": [3]}\n"u8.ToArray());
        using var output = new MemoryStream();
        ResultTable.Write(lines, output, "out.parquet");
        using var written = new MemoryStream(output.ToArray());
        await using ParquetReader reader =
            await ParquetReader.CreateAsync(written, cancellationToken: TestContext.Current.CancellationToken);
        using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
        Assert.Equal(5, group.RowCount);
        Assert.Equal("a/list/element", reader.Schema.DataFields[0].Path.ToString());
        float[] values = new float[6];
        int[] definitions = new int[6], repetitions = new int[6];
        await group.ReadRawAsync<float>(
            reader.Schema.DataFields[0], values, definitions, repetitions, TestContext.Current.CancellationToken);
        Assert.Equal([1.5f, 2, 3], values[..3]);
        Assert.Equal([2, 2, 1, 0, 0, 2], definitions); // an item, an empty list, a missing one, in the format's levels
        Assert.Equal([0, 1, 0, 0, 0, 0], repetitions);
    }

    [Fact]
    public async Task A_table_of_results_has_a_column_for_each_field()
    {
        ToolRun run = await ToolRun.Of(
            "{\"id\": \"x\", \"text\": \"a\", \"pair\": \"a\"}", "similarity", "--model", _model, "--output", _folder["out.csv"]);
        Assert.Equal(0, run.ExitCode);
        string[] rows = await File.ReadAllLinesAsync(_folder["out.csv"], TestContext.Current.CancellationToken);
        Assert.Equal("id,similarity", rows[0]);
        Assert.Equal(1, double.Parse(rows[1].Split(',')[1], System.Globalization.CultureInfo.InvariantCulture), 1e-6);
        Assert.Equal("x", rows[1].Split(',')[0]);
    }

    [Fact]
    public async Task Parquet_that_is_none_and_a_table_without_texts_are_told()
    {
        await File.WriteAllTextAsync(_folder["in.parquet"], "id,text", TestContext.Current.CancellationToken);
        ToolRun broken = await ToolRun.Of("", "embed", "--model", _model, "--dataset", _folder["in.parquet"]);
        Assert.Equal(1, broken.ExitCode);
        Assert.Contains("cannot be read as a Parquet file", broken.Error, StringComparison.Ordinal);
        await File.WriteAllTextAsync(_folder["in.csv"], "id,words\n1,a\n", TestContext.Current.CancellationToken);
        ToolRun other = await ToolRun.Of("", "embed", "--model", _model, "--dataset", _folder["in.csv"]);
        Assert.Equal((1, $"'{_folder["in.csv"]}' has no column 'text'; it has id, words. Specify the text column with --text-col."),
            (other.ExitCode, other.Error));
    }

    private static async Task<(float[] Values, int[] Definitions)> ListsAsync(ParquetRowGroupReader group, DataField field, int count)
    {
        float[] values = new float[count];
        int[] definitions = new int[count], repetitions = new int[count];
        await group.ReadRawAsync<float>(field, values, definitions, repetitions, TestContext.Current.CancellationToken);
        return (values, definitions);
    }

    /// <summary>The three lines in two row groups.</summary>
    private static async Task WriteParquetAsync(string path)
    {
        var schema = new ParquetSchema(
            new DataField<int>("id", false), new DataField<string>("text", true), new DataField<string>("pair", true));
        await using FileStream stream = File.Create(path);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, stream);
        foreach ((int[] ids, string?[] texts, string?[] pairs) in (
            IEnumerable<(int[], string?[], string?[])>)[([1, 2], ["a, \"b\"", "good\ta"], ["c", null]), ([3], [""], ["d"])])
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync<int>(schema.DataFields[0], ids);
            await group.WriteAsync(schema.DataFields[1], texts);
            await group.WriteAsync(schema.DataFields[2], pairs);
        }
    }
}
