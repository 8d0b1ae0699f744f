using System.Diagnostics;
using Bert.MLNet.Tests.Generation;

namespace Bert.MLNet.Tests.Samples;

/// <summary>The program as it is started: a process of its own, in a folder that is not the repository.</summary>
public sealed class ProgramTests
{
    [Fact]
    public void Every_sample_runs_on_another_model_from_another_folder()
    {
        using var folder = new TemporaryFolder();
        string model = new TinyCheckpoint { MaxPositions = 256 }.Write(folder["tiny"]);
        (int code, string output, string errors) = Run(folder.Path, "--model", model, "--compare", "false");
        Assert.True(code == 0, errors);
        Assert.Contains("BERT embeddings", output, StringComparison.Ordinal);
        Assert.Contains($"The classifier was saved as {folder["out", "model.zip"]}", output, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["out", "model.zip"]));
        Assert.Contains("layer 1, head 3", File.ReadAllText(folder["out", "attention.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Own_texts_with_more_than_two_labels_can_be_learned()
    {
        using var folder = new TemporaryFolder();
        string model = new TinyCheckpoint().Write(folder["tiny"]);
        string[] labels = ["films", "books", "phones"];
        string[] words = ["film movie", "book price", "phone battery"];
        File.WriteAllLines(folder["mine.tsv"],
            ["Label\tText", .. Enumerable.Range(0, 150).Select(i => $"{labels[i % 3]}\tthe {words[i % 3]} of day {i}")]);
        (int code, string output, string errors) = Run(
            folder.Path, "sentiment", "--model", model, "--data", "mine.tsv", "--out", "here", "--compare", "false");
        Assert.True(code == 0, errors);
        Assert.Contains("label phones", output, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["here", "model.zip"]));
    }

    [Fact]
    public void Search_across_languages_says_how_to_get_a_model_and_runs_on_a_given_one()
    {
        using var folder = new TemporaryFolder();
        (int code, string output, string errors) = Run(folder.Path, "multilingual");
        Assert.Equal(1, code);
        Assert.Empty(output);
        Assert.Contains("--model sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2", errors, StringComparison.Ordinal);
        Assert.Contains("--model FOLDER", errors, StringComparison.Ordinal);
        Assert.Contains("-- download sentence-transformers/", errors, StringComparison.Ordinal);

        string model = new TinyCheckpoint { MaxPositions = 256 }.Write(folder["tiny"]);
        (code, output, errors) = Run(folder.Path, "multilingual", "--model", model, "Lass den Teig über Nacht im Kühlschrank ruhen.");
        Assert.True(code == 0, errors);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(4, lines.Length);
        Assert.Contains(
            "1.00  German: Lass den Teig über Nacht im Kühlschrank ruhen. (Let the dough rest in the fridge overnight.)", lines[1..]);
    }

    [Fact]
    public void Texts_are_translated_by_a_given_model_as_by_the_library()
    {
        using var folder = new TemporaryFolder();
        TinySequences.Model.SavePretrained(folder["model"]);
        (int code, string output, string errors) = Run(folder.Path, "translate", "--model", folder["model"], "a book for 9 days");
        Assert.True(code == 0, errors);
        using BertPredictor<string, IReadOnlyList<BertGeneratedText>> generator = TinySequences.Model.CreateTextGenerator();
        BertGeneratedText expected = generator.Predict("a book for 9 days")[0];
        Assert.Contains(FormattableString.Invariant($"{expected.Score:F2}  {expected.Text}\n"), output, StringComparison.Ordinal);
    }

    [Fact]
    public void Captions_are_translated_by_the_included_model_or_its_absence_is_one_sentence()
    {
        using var folder = new TemporaryFolder();
        (int code, string output, string errors) = Run(folder.Path, "translate", "A dog runs on the beach.");
        if (Directory.Exists(Path.Combine(AppContext.BaseDirectory, "data", "models", "en-de-captions")))
        {
            Assert.True(code == 0, errors);
            Assert.Contains("Hund", output, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(1, code);
            Assert.Contains("data/models/en-de-captions", Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)),
                StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("no such folder", "--model", "no such folder")]
    [InlineData("no such folder", "translate", "--model", "no such folder")]
    [InlineData("no such file.tsv", "search", "--data", "no such file.tsv")]
    [InlineData("no such file.tsv", "pairs", "--data", "no such file.tsv")]
    [InlineData("no such file.tsv", "sentiment", "--data", "no such file.tsv")]
    public void A_wrong_path_is_one_sentence_and_exit_code_1(string named, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        if (!arguments.Contains("--model"))
            arguments = [.. arguments, "--model", new TinyCheckpoint().Write(folder["tiny"])];
        (int code, _, string errors) = Run(folder.Path, arguments);
        Assert.Equal(1, code);
        Assert.Contains(named, errors, StringComparison.Ordinal);
        Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static (int Code, string Output, string Errors) Run(string folder, params string[] arguments)
    {
        Ended run = ChildProcess.Run(
            new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Bert.MLNet.Samples.dll"), .. arguments])
            {
                WorkingDirectory = folder,
            });
        return (run.ExitCode, run.Output, run.Error);
    }
}
