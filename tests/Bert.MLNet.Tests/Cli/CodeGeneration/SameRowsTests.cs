using System.CommandLine;
using System.Reflection;
using System.Text.Json;
using Bert.MLNet.Cli;
using Bert.MLNet.Cli.CodeGeneration;
using Bert.MLNet.Cli.Tables;
using CsCheck;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Cli.CodeGeneration;

/// <summary>The tool and the code that it leaves beside a model see the same rows and cells of a file, or both refuse it.</summary>
public sealed class SameRowsTests : IDisposable
{
    private static readonly Gen<string> s_cell =
        OneOf("", " ", "good", "bad ", " a", "\"", "x\"y", "\"q\"", ",", "a,b", ";", "\t", "// x", "# x", "\r", "\n", "\r\n", "é", "1",
            "\u00A0", "null").Array[0, 3].Select(string.Concat);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("csv")]
    [InlineData("tsv")]
    [InlineData("jsonl")]
    public void Random_tables_are_the_same_to_both(string form)
    {
        Func<string, (string Label, string Text)[]> project = Project(form);
        string path = _folder["in." + form];
        Gen.Select(s_cell.Array[2].Array[0, 8], OneOf("\n", "\r", "\r\n"), Gen.Int[0, 200],
            OneOf("", "", "\"", ",", "\t", "\r", "\n", " ", "{", "//")).Sample((rows, end, place, damage) =>
        {
            string text = string.Concat(
                rows.Append(["good", "last"]).Prepend(["Label", "Text"]).Select((row, i) => Write(form, row, i) + end));
            File.WriteAllText(path, text.Insert(place % text.Length, damage));
            Assert.Equal(Told(() => Tool(path)), Told(() => project(path)));
        }, iter: 400, threads: 1);
    }

    [Theory]
    [InlineData("comments.csv", "classification", "comment")]
    [InlineData("hash-header.tsv", "#Label", "Text")]
    [InlineData("space-after-comma.csv", "label", "text")]
    public void Files_that_MLNets_loader_reads_otherwise_are_the_same_to_both(string name, string label, string text)
    {
        string path = Path.Combine(Shared.Folder("cases", "02-comment-lines-of-mlnet-loader"), name);
        (string Label, string Text)[] rows = Tool(path, label, text);
        Assert.Equal(40, rows.Length);
        Assert.All(rows, row => Assert.Equal((row.Label.Trim(), 20), (row.Label, rows.Count(other => other.Label == row.Label))));
        Assert.Equal(rows, Project(Path.GetExtension(name)[1..], label, text)(path));
    }

    [Fact]
    public void Labels_that_are_missing_or_padded_are_the_same_to_both()
    {
        File.WriteAllText(_folder["in.csv"], "Label,Text\n good,a\n,b\n  ,c\nbad ,\n");
        (string, string)[] expected = [("good", "a"), ("bad", "")];
        Assert.Equal(expected, Tool(_folder["in.csv"]));
        Assert.Equal(expected, Project("csv")(_folder["in.csv"]));
    }

    /// <summary>What the tool reads.</summary>
    private static (string Label, string Text)[] Tool(string path, string label = "Label", string text = "Text") =>
        [.. Read(path, label, text, out _).Select(row => (row.Label, row.Sentence1))];

    private static LabelledRow[] Read(string path, string label, string text, out TableSource source)
    {
        var options = new TableOptions();
        var streams = new ToolStreams(Stream.Null, Stream.Null, TextWriter.Null);
        var command = new RootCommand();
        options.AddTo(command);
        streams.Messages.AddTo(command);
        return options.Read(command.Parse(["--label-col", label, "--text-col", text]), streams, path, isScore: false, out source);
    }

    /// <summary>What the code that was made for a file of this form reads.</summary>
    private Func<string, (string Label, string Text)[]> Project(string form, string label = "Label", string text = "Text")
    {
        string model = _folder["model." + form];
        File.WriteAllText(model, string.Concat(
            ((string[][])[[label, text], ["good", "a"], ["bad", "b"]]).Where((_, i) => form != "jsonl" || i > 0)
                .Select((row, i) => Write(form, row, i + 1) + "\n")));
        Read(model, label, text, out TableSource source);
        TrainingSettings settings = GeneratedProject.Settings(source);
        using var image = new MemoryStream();
        Assert.True(GeneratedProject.Compile(
            new CodeProject("learnt", TextClassificationCode.Create(settings, "a"), settings, LibraryReference.Parse("0.1.0"))
                .Files(new Dictionary<string, double>()))
            .Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        MethodInfo load = Assembly.Load(image.ToArray()).GetType("Learnt_ConsoleApp.Learnt")!.GetMethod("LoadIDataViewFromFile")!;
        return path =>
        {
            var data = (IDataView)load.Invoke(null, [new MLContext(), path])!;
            return [.. data.GetColumn<string>("Label").Zip(data.GetColumn<string>("Sentence1"))];
        };
    }

    private static string Told(Func<(string, string)[]> read)
    {
        try
        {
            return read() is { Length: > 0 } rows ? string.Join('\u2028', rows) : "refused"; // the tool refuses a table without labels
        }
        catch (Exception error)
        {
            while (error is not InvalidDataException && error.InnerException is { } inner)
                error = inner;
            Assert.IsType<InvalidDataException>(error);
            return "refused"; // a file may have several faults, and the first that is seen is told
        }
    }

    private static string Write(string form, string[] row, int number) => form switch
    {
        "jsonl" => number == 0
            ? ""
            : JsonSerializer.Serialize(number % 3 == 2 && row[1] != "last"
                ? new Dictionary<string, string?> { ["Text"] = row[1], ["Label"] = null }
                : new Dictionary<string, string?> { ["Label"] = row[0], ["Text"] = row[1] }),
        "tsv" => string.Join('\t', row.Select(cell => cell.Replace('\t', ' ').Replace('\r', ' ').Replace('\n', ' '))),
        _ => string.Join(',', row.Select(cell => cell.AsSpan().ContainsAny("\",\r\n")
            ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : cell)),
    };

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
