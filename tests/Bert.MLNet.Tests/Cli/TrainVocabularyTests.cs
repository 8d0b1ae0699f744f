namespace Bert.MLNet.Tests.Cli;

/// <summary><c>train-vocabulary</c>, on words counted by hand.</summary>
public sealed class TrainVocabularyTests
{
    [Theory]
    [InlineData("ab xab\nab", "ab", true)]
    [InlineData("AB ab", "ab", true)]
    [InlineData("AB ab", "ab", false, "--cased")]
    [InlineData("AB AB", "AB", true, "--cased")]
    [InlineData("ab ab", "ab", false, "--min-frequency", "3")]
    public async Task Neighbours_that_are_frequent_become_one_token(string text, string token, bool expected, params string[] options)
    {
        using var folder = new TemporaryFolder();
        ToolRun run = await ToolRun.Of(text, ["train-vocabulary", "--output", folder["vocab.txt"], .. options]);
        Assert.Equal((0, ""), (run.ExitCode, run.Output));
        string[] tokens = await File.ReadAllLinesAsync(folder["vocab.txt"], TestContext.Current.CancellationToken);
        Assert.Equal(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], tokens.Take(5));
        Assert.Equal(expected, tokens.Contains(token));
        Assert.StartsWith($"{tokens.Length} tokens", run.Error, StringComparison.Ordinal);
        ToolRun piped = await ToolRun.Of(text, ["train-vocabulary", .. options]);
        Assert.Equal(string.Join('\n', tokens) + "\n", piped.Output);
    }
}
