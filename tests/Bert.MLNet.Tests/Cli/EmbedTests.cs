using System.Text.Json;
using Bert.MLNet.Tests.Encoders;

namespace Bert.MLNet.Tests.Cli;

/// <summary><c>embed</c> against the mean of hidden states from plain loops.</summary>
public sealed class EmbedTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public EmbedTests() => _model = new TinyCheckpoint().Write(_folder["model"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_embedding_is_the_mean_of_the_hidden_states()
    {
        ToolRun run = await ToolRun.Of("""{"id": 7, "text": "good a"}""", "embed", "--model", _model);
        JsonElement line = Assert.Single(run.Lines);
        Assert.Equal(7, line.GetProperty("id").GetInt32());
        Near(Mean("good a"), ToolRun.Numbers(line, "embedding"));
    }

    [Fact]
    public async Task A_pair_has_its_own_embedding_and_shifts_no_line()
    {
        ToolRun run = await ToolRun.Of("""
            {"id": 1, "text": "a", "pair": "b"}
            {"id": 2}
            {"id": 3, "text": "c", "pair": ""}
            {"id": 4, "text": "d", "pair": null}
            """, "embed", "--model", _model);
        Assert.Equal([1, 2, 3, 4], run.Lines.Select(line => line.GetProperty("id").GetInt32()));
        Assert.All(run.Lines.Zip(["a", "", "c", "d"]), pair => Near(Mean(pair.Second), ToolRun.Numbers(pair.First, "embedding")));
        Near(Mean("b"), ToolRun.Numbers(run.Lines[0], "pair_embedding"));
        Near(Mean(""), ToolRun.Numbers(run.Lines[2], "pair_embedding"));
        Assert.All([1, 3], i => Assert.False(run.Lines[i].TryGetProperty("pair_embedding", out _)));
    }

    [Fact]
    public async Task Numbers_come_back_to_the_bit()
    {
        ToolRun run = await ToolRun.Of("""{"text": "good"}""", "embed", "--model", _model, "--normalize", "true");
        string[] written = [.. Assert.Single(run.Lines).GetProperty("embedding").EnumerateArray().Select(value => value.GetRawText())];
        Assert.Equal(1, written.Sum(text => Math.Pow(float.Parse(text, System.Globalization.CultureInfo.InvariantCulture), 2)), 1e-6);
        // nine digits tell all floats apart, and some need more than seven
        Assert.Contains(written, text => text.TrimStart('-', '0', '.').Length >= 8);
    }

    private double[] Mean(string text)
    {
        BertModel model = BertModel.FromPretrained(_model);
        int[] ids = [.. model.Tokenizer.Encode(text).Ids];
        double[][] states = new PlainBert(model).HiddenStates(ids, new int[ids.Length])[^1];
        return [.. Enumerable.Range(0, states[0].Length).Select(i => states.Average(state => state[i]))];
    }

    private static void Near(double[] expected, double[] actual) =>
        Assert.All(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Append(Math.Abs(expected.Length - actual.Length)),
            difference => Assert.True(difference < 2e-5, $"off by {difference}"));
}
