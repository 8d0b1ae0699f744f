using Bert.MLNet.Cli;

namespace Bert.MLNet.Tests.Cli;

/// <summary>What cannot be learnt from is told in the words of the user's file, whichever trainer would have refused it.</summary>
public sealed class TrainableRowsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("text-classification", "Text\tLabel", "good\tpos", 'A',
        "All 16 training rows of 'DATA' have the label 'pos' in column 'Label', so there is nothing to learn. Use rows with at least two " +
        "labels.")]
    [InlineData("text-classification", "Text\tLabel", "good\t", 'B',
        "No row of 'DATA' has a label in column 'Label'. Specify the label column with --label-col.")]
    [InlineData("text-classification", "Text\tLabel", "\tpos|\tneg", 'C',
        "No row of 'DATA' has a text, so there is nothing to learn. Specify the text column with --text-col.")]
    [InlineData("sentence-similarity", "A\tB\tLabel", "good\tbad\t-0.5", 'D',
        "All 16 training rows of 'DATA' have the score -0.5 in column 'Label', so there is nothing to learn. Use rows with at least two " +
        "scores.")]
    public async Task Rows_without_anything_to_learn_are_an_error_of_the_file(
        string verb, string header, string rows, char name, string message)
    {
        string data = _folder[$"{name}.tsv"];
        string[] some = rows.Split('|');
        await File.WriteAllLinesAsync(
            data, Enumerable.Range(0, 20).Select(i => some[i % some.Length]).Prepend(header), TestContext.Current.CancellationToken);
        string[] columns = verb == "sentence-similarity" ? ["--sentence1-col", "A", "--sentence2-col", "B"] : ["--text-col", "Text"];
        foreach (string method in (string[])["fine-tune", "embed"])
        {
            ToolRun run = await ToolRun.Of(
                "", [verb, "--dataset", data, "--method", method, "--output", _folder["out"], "--quiet", .. columns]);
            Assert.Equal((ExitCode.Failure, message.Replace("DATA", data, StringComparison.Ordinal)), (run.ExitCode, run.Error));
            Assert.False(Directory.Exists(_folder["out"]));
        }
    }

    [Fact]
    public async Task Rows_that_few_shot_training_cannot_compare_are_an_error_of_the_file()
    {
        string data = _folder["few.tsv"];
        string[] rows = ["Text\tLabel", "fine\tgood", "poor\tbad", "tasty\tgood", "nice\tgood"];
        await File.WriteAllLinesAsync(data, rows, TestContext.Current.CancellationToken);
        ToolRun single = await Train("--text-col", "Text");
        Assert.Equal(ExitCode.Failure, single.ExitCode);
        Assert.StartsWith($"The label 'bad' in column 'Label' of '{data}' has one training row", single.Error, StringComparison.Ordinal);
        ToolRun pairs = await Train("--sentence1-col", "Text", "--sentence2-col", "Text");
        Assert.Contains("--method few-shot requires one text in each row", pairs.Error, StringComparison.Ordinal);

        Task<ToolRun> Train(params string[] columns) =>
            ToolRun.Of("", ["text-classification", "--dataset", data, "--method", "few-shot", "--split-ratio", "0",
                "--output", _folder["out"], "--quiet", .. columns]);
    }

    [Theory]
    [InlineData("--test-dataset")]
    [InlineData("--validation-dataset")]
    public async Task A_file_to_measure_on_that_has_none_of_the_labels_is_an_error(string option)
    {
        await File.WriteAllLinesAsync(
            _folder["train.tsv"], ["Text\tLabel", "fine\tgood", "poor\tbad", "tasty\tgood", "cold\tbad"],
            TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(
            _folder["other.tsv"], ["Text\tLabel", "fine\tGood", "poor\tBad"], TestContext.Current.CancellationToken);
        foreach (string method in (string[])["fine-tune", "embed"])
        {
            ToolRun run = await ToolRun.Of("", "text-classification", "--dataset", _folder["train.tsv"], option, _folder["other.tsv"],
                "--text-col", "Text", "--method", method, "--split-ratio", "0", "--output", _folder["out"], "--quiet");
            Assert.Equal(ExitCode.Failure, run.ExitCode);
            Assert.StartsWith($"The model knows none of the labels in '{_folder["other.tsv"]}': it knows good, bad, but the rows have " +
                "Good, Bad.", run.Error, StringComparison.Ordinal);
            Assert.False(Directory.Exists(_folder["out"]));
        }
    }

    [Fact]
    public async Task A_file_without_a_text_has_no_rows()
    {
        await File.WriteAllLinesAsync(_folder["empty.txt"], ["", ""], TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.Of("", "pretrain", "--dataset", _folder["empty.txt"], "--output", _folder["out"], "--quiet");
        Assert.Equal((ExitCode.Failure, $"'{_folder["empty.txt"]}' has no rows."), (run.ExitCode, run.Error));
    }
}
