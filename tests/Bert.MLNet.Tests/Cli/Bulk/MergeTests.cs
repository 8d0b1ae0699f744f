using System.Globalization;
using System.Text.Json;
using Bert.MLNet.Cli.Bulk;
using Bert.MLNet.Tests.Training;

namespace Bert.MLNet.Tests.Cli.Bulk;

/// <summary>Parts that are whole and belong together become the result of one run, and no others do.</summary>
public sealed class MergeTests : IDisposable
{
    private const int Lines = 5_000;

    private readonly TemporaryFolder _folder = new();
    private readonly string _model, _input;

    public MergeTests()
    {
        _model = new TinyCheckpoint { HiddenSize = 4, Layers = 1, Heads = 1, IntermediateSize = 4 }.Write(_folder["model"]);
        _input = _folder["in.csv"];
        // The second text occurs in the last rows only, so that parts have other columns than the whole; ids become texts there.
        File.WriteAllText(_input, "id,text,pair\n" + string.Concat(ToyLanguage.Texts(Lines, seed: 5).Select((row, i) =>
            string.Create(CultureInfo.InvariantCulture,
                $"{(i < Lines - 9 ? "" : "x")}{i},\"{row.Text}{(i % 4 == 0 ? ",\n" : "")}\",{(i < Lines - 5 ? "" : "b")}\n"))));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("jsonl")]
    [InlineData("csv")]
    [InlineData("tsv")]
    [InlineData("parquet")]
    public async Task Parts_are_joined_to_what_one_run_writes(string form)
    {
        await RunAsync("whole." + form);
        for (int number = 1; number <= 4; number++) // of which one is empty
            await RunAsync("out." + form, "--shard", $"{number}/4");
        ToolRun merge = await ToolRun.Of("", "merge", "--output", _folder["out." + form]);
        Assert.Equal((0, $"Joined 4 parts with {Lines} lines."), (merge.ExitCode, merge.Error));
        if (form == "parquet")
            Assert.Equal(ParquetPart.Read(_folder["whole.parquet"]).Select(row => row.GetRawText()),
                ParquetPart.Read(_folder["out.parquet"]).Select(row => row.GetRawText()));
        else
            Assert.Equal(await File.ReadAllBytesAsync(_folder["whole." + form], Token),
                await File.ReadAllBytesAsync(_folder["out." + form], Token));
    }

    [Fact]
    public async Task A_part_that_is_whole_is_not_computed_again_and_one_that_is_not_is()
    {
        string part = _folder["out-00002-of-00003.jsonl"];
        Assert.Equal("", await RunAsync("out.jsonl", "--shard", "2/3", "--quiet"));
        byte[] first = await File.ReadAllBytesAsync(part, Token);
        DateTime written = File.GetLastWriteTimeUtc(part);
        Assert.Contains("is already complete", await RunAsync("out.jsonl", "--shard", "2/3"), StringComparison.Ordinal);
        Assert.Equal(written, File.GetLastWriteTimeUtc(part));

        await File.AppendAllTextAsync(part, "{}\n", Token);
        Assert.DoesNotContain("is already complete", await RunAsync("out.jsonl", "--shard", "2/3"), StringComparison.Ordinal);
        Assert.Equal(first, await File.ReadAllBytesAsync(part, Token));
        Assert.DoesNotContain("is already complete", await RunAsync("out.jsonl", "--shard", "2/3", "--normalize", "true"),
            StringComparison.Ordinal);
        Assert.NotEqual(first, await File.ReadAllBytesAsync(part, Token));
    }

    [Fact]
    public async Task A_manifest_tells_rows_and_content()
    {
        await RunAsync("out.jsonl", "--shard", "1/3");
        string part = _folder["out-00001-of-00003.jsonl"];
        JsonElement manifest = JsonElement.Parse(await File.ReadAllTextAsync(part + ".manifest.json", Token));
        Assert.Equal((1, 3), (manifest.GetProperty("part").GetInt32(), manifest.GetProperty("parts").GetInt32()));
        Assert.Equal(File.ReadLines(part).Count(), manifest.GetProperty("rows").GetInt32());
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(part, Token))),
            manifest.GetProperty("sha256").GetString());
    }

    [Fact]
    public async Task Parts_that_are_missing_damaged_or_of_another_run_are_named()
    {
        foreach (string shard in (string[])["1/3", "2/3"])
            await RunAsync("out.jsonl", "--shard", shard);
        await FailsAsync("1 of 3 parts of '*' are missing or not complete. Run them with --shard 3/3.");
        await RunAsync("out.jsonl", "--shard", "3/3", "--normalize", "true");
        await FailsAsync("'*-00003-of-00003.jsonl' comes from another run than part 1: its options differs. Run the part again.");
        await RunAsync("out.jsonl", "--shard", "3/3");
        string second = _folder["out-00002-of-00003.jsonl"];
        byte[] bytes = await File.ReadAllBytesAsync(second, Token);
        await File.WriteAllBytesAsync(second, [.. bytes[..^2], (byte)' ', (byte)'\n'], Token);
        await FailsAsync("'*-00002-of-00003.jsonl' has changed since it was written. Delete it, and run the part again.");
        await File.WriteAllBytesAsync(second, bytes, Token);
        await File.WriteAllTextAsync(second + ".manifest.json", "{\"manifest\": 2}", Token);
        await FailsAsync("'*-00002-of-00003.jsonl.manifest.json' is not the manifest of a part: it has another version. Delete it, and " +
            "run the part again.");
        await RunAsync("out.jsonl", "--shard", "1/2");
        await FailsAsync("'*' has parts of several divisions: of 2 and of 3. Select one with --shards, or delete the others.");
        Assert.False(File.Exists(_folder["out.jsonl"]));
        ToolRun other = await ToolRun.Of("", "merge", "--parts", _folder["out.jsonl"], "--output", _folder["out.csv"]);
        Assert.Equal(2, other.ExitCode);

        async Task FailsAsync(string message)
        {
            ToolRun run = await ToolRun.Of("", "merge", "--output", _folder["out.jsonl"]);
            Assert.Equal(1, run.ExitCode);
            string name = message.StartsWith("'*-", StringComparison.Ordinal) ? _folder["out"] : _folder["out.jsonl"];
            Assert.Equal(message.Replace("*", name, StringComparison.Ordinal), run.Error);
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task<string> RunAsync(string output, params string[] options)
    {
        ToolRun run = await ToolRun.Of("", ["embed", "--model", _model, "--dataset", _input, "--output", _folder[output], .. options]);
        Assert.True(run.ExitCode == 0, run.Error);
        return run.Error;
    }
}
