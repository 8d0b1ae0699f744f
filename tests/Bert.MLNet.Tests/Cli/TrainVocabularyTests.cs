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

    [Theory]
    [InlineData("byte-bpe", "vocab.json", "--vocab-size", "262", "--max-token-length", "9", "--add-prefix-space")]
    [InlineData("unigram", "tokenizer.json", "--vocab-size", "9", "--limit-alphabet", "3", "--max-piece-length", "2")]
    public async Task Other_algorithms_write_the_folder_of_a_tokenizer(string algorithm, string file, params string[] options)
    {
        using var folder = new TemporaryFolder();
        ToolRun run = await ToolRun.Of("ab ab", ["train-vocabulary", "--algorithm", algorithm, "--output", folder["out"], .. options]);
        BertTokenizer tokenizer = BertTokenizer.FromPretrained(folder["out"]);
        Assert.Equal((0, "", $"{tokenizer.Vocabulary.Size} tokens"), (run.ExitCode, run.Output, run.Error));
        Assert.Equal(int.Parse(options[1], System.Globalization.CultureInfo.InvariantCulture), tokenizer.Vocabulary.Size);
        Assert.True(File.Exists(Path.Combine(folder["out"], file)));
        Assert.True(tokenizer.Vocabulary.TryGetId("ab", out _));
    }

    [Theory]
    [InlineData("--algorithm byte-bpe writes several files. Specify their folder with --output.", "byte-bpe")]
    [InlineData("--cased is an option of --algorithm wordpiece. Omit it for --algorithm unigram.", "unigram", "--cased")]
    [InlineData("--limit-alphabet is an option of --algorithm wordpiece and unigram. Omit it for --algorithm byte-bpe.", "byte-bpe",
        "--limit-alphabet", "9")]
    [InlineData("--max-piece-length is an option of --algorithm unigram. Omit it for --algorithm wordpiece.", "wordpiece",
        "--max-piece-length", "9")]
    public async Task Options_that_an_algorithm_does_not_have_are_refused(string message, string algorithm, params string[] options)
    {
        ToolRun run = await ToolRun.Of("ab", ["train-vocabulary", "--algorithm", algorithm, .. options]);
        Assert.Equal((2, "", message), (run.ExitCode, run.Output, run.Error));
    }

    [Theory]
    [InlineData("wordpiece")]
    [InlineData("byte-bpe")]
    [InlineData("unigram")]
    public async Task Text_without_words_is_refused(string algorithm)
    {
        using var folder = new TemporaryFolder();
        ToolRun run = await ToolRun.Of(" \n\n".Trim(' '), "train-vocabulary", "--algorithm", algorithm, "--output", folder["out"]);
        Assert.Equal((1, "The text contains no words, so there is nothing to learn. Pass lines of text."), (run.ExitCode, run.Error));
        Assert.False(Path.Exists(folder["out"]));
    }

    [Fact]
    public async Task Text_in_the_folder_to_write_is_refused()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["vocab.txt"], "ab", TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.Of(
            "", "train-vocabulary", "--algorithm", "unigram", "--dataset", folder["vocab.txt"], "--output", folder.Path);
        Assert.Equal((2, "ab"), (run.ExitCode, await File.ReadAllTextAsync(folder["vocab.txt"], TestContext.Current.CancellationToken)));
    }
}
