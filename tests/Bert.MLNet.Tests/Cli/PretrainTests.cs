using Bert.MLNet.Tests.Training;

namespace Bert.MLNet.Tests.Cli;

/// <summary><c>pretrain</c>: a checkpoint that guesses words better than before, and that other verbs take.</summary>
[Collection(UsesTorch.Name)]
public sealed class PretrainTests
{
    [Fact]
    public async Task Masked_words_are_guessed_better_and_the_folder_is_a_checkpoint()
    {
        using var folder = new TemporaryFolder();
        string model = new TinyCheckpoint { Seed = "toy" }.Write(folder["model"]);
        await File.WriteAllLinesAsync(
            folder["texts.txt"], ToyLanguage.Texts(300, seed: 3).Select(row => row.Text), TestContext.Current.CancellationToken);
        Directory.CreateDirectory(folder["out", "after"]);
        await File.WriteAllTextAsync(folder["out", "after", "notes.txt"], "mine", TestContext.Current.CancellationToken);
        double before = await LossAsync("1e-9", "before"), after = await LossAsync("4e-3", "after");
        Assert.True(after < before - 0.3, $"{before} and {after}");
        Assert.Equal("mine", await File.ReadAllTextAsync(folder["out", "after", "notes.txt"], TestContext.Current.CancellationToken));
        ToolRun guessed = await ToolRun.Of("", "fill-mask", "--model", folder["out", "after"], "--text", "it is [MASK]", "--top-k", "1");
        Assert.Equal(1, Assert.Single(guessed.Lines).GetProperty("masks").GetArrayLength());
        Assert.Equal(["after", "after.metrics.json", "before", "before.metrics.json"],
            Directory.EnumerateFileSystemEntries(folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        async Task<double> LossAsync(string rate, string name)
        {
            ToolRun run = await ToolRun.Of(
                "", "pretrain", "--dataset", folder["texts.txt"], "--model", model, "--epochs", "4", "--learning-rate", rate, "--output",
                folder["out"], "--name", name, "--quiet", "--json");
            Assert.Equal((0, 1), (run.ExitCode, run.Lines.Length));
            Assert.Equal(folder["out", name], run.Lines[0].GetProperty("model").GetString());
            return run.Lines[0].GetProperty("metrics").GetProperty("LogLoss").GetDouble();
        }
    }
}
