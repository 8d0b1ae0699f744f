using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tests.Cli;

/// <summary>What files and servers say is told so that it cannot command a terminal.</summary>
public sealed class PrintableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("caf\u00e9 \u4e2d \ud83d\ude00 \u0915\u094d\u200d\u0937", "caf\u00e9 \u4e2d \ud83d\ude00 \u0915\u094d\u200d\u0937")]
    [InlineData("a\r\nb\tc\u2028d\u0085e", "a b c d e")]
    [InlineData("\u001b[2J\u009b31m\a\b\u007f\0", "\uFFFD[2J\uFFFD31m\uFFFD\uFFFD\uFFFD\uFFFD")]
    [InlineData("\u202Eabc\u2066", "\uFFFDabc\uFFFD")]
    public void Control_characters_are_replaced_and_letters_stay(string text, string expected) =>
        Assert.Equal(expected, PrintableText.Of(text));

    [Fact]
    public void Several_lines_stay_several_lines() => Assert.Equal("a\n  at\uFFFD b", PrintableText.OfLines("a\n  at\u001b b"));

    [Fact]
    public async Task A_label_of_a_checkpoint_and_the_name_of_a_column_are_told_without_control_characters()
    {
        var checkpoint = new TinyCheckpoint
        {
            Architecture = "BertForSequenceClassification",
            Labels = ["\u001b[2Jred", "\u009b31m\u202Eback"],
        };
        string model = checkpoint.Write(_folder["model"]);
        ToolRun info = await ToolRun.Of("", "info", model);
        Assert.Equal(0, info.ExitCode);
        Assert.Contains("labels: \uFFFD[2Jred, \uFFFD31m\uFFFDback", info.Output, StringComparison.Ordinal);

        File.WriteAllText(_folder["in.tsv"], "te\u001b]0;owned\axt\tid\na\t1\n");
        ToolRun error = await ToolRun.Of("", "tokenize", "--model", model, "--dataset", _folder["in.tsv"]);
        Assert.Equal(1, error.ExitCode);
        Assert.Contains("te\uFFFD]0;owned\uFFFDxt", error.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Error, char.IsControl);
    }
}
