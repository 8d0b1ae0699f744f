using System.CommandLine;
using System.Reflection;
using System.Text.Json;
using Bert.MLNet.Cli;
using Bert.MLNet.Cli.CodeGeneration;
using Bert.MLNet.Cli.Datasets;
using Bert.MLNet.Cli.Tables;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Cli.CodeGeneration;

/// <summary>The code beside a model reads from data sets of entities and questions what the tool reads from them.</summary>
public sealed class GeneratedReaderTests : IDisposable
{
    private static readonly Dictionary<string, string> s_entities = new()
    {
        ["multiconer.conll"] = "# id 1\tdomain=en\nAnna _ _ B-PER\nlives _ _ O\n\n# id 2\tdomain=en\n# _ _ O\n1 _ _ O\nBerlin _ _ B-LOC\n",
        ["germeval.tsv"] =
            "#\thttp://x\t[2009-10-17]\n1\tAnna\tB-PER\tO\n2\tlebt\tO\tO\n\n#\thttp://y\t[2009-10-17]\n1\tBerlin\tB-LOC\tB-LOC\n",
        ["conllu.txt"] = "# text = al mar\n1-2\tal\t_\t_\n1\ta\tADP\tO\n2\tel\tDET\tO\n2.1\tx\t_\t_\n3\tmar\tNOUN\tB-LOC\n",
        ["nbsp.conll"] = "10\u00a0000\tB-NUM\r\n\u00a0\tO\r\nNew York\tB-LOC\r\n\u3000\tO\r\n\r\nEUR\tO\r\n",
        ["mac.conll"] = "-DOCSTART- -X- O\r\rAnna x B-PER\rlives x O\r\rin x O\rUlm x B-LOC\r",
        ["places.jsonl"] = """
            {"text": "😀 Anna", "entities": [{"type": "PER", "start": 2, "end": 6, "text": "Anna"}]}
            {"text": "Rom", "spans": [{"start": 0, "end": 3, "label": "LOC"}], "answer": "reject"}
            {"text": " Ulm ", "label": [[0, 5, "LOC"]]}
            {"tokens": ["New", "York"], "ner_tags": ["B-LOC", "I-LOC"]}
            """,
        ["table.tsv"] = "text\tlabels\nAnna lives\tB-PER O\n\n10\u00a0000 EUR\tB-NUM I-NUM\n",
    };

    private static readonly Dictionary<string, string> s_questions = new()
    {
        ["squad.json"] = """{"data": [{"paragraphs": [{"context": "😀😀 1121 Mary", "qas": [{"question": "a", "answers": [{"text": "1", "answer_start": 6}]}, {"question": "b", "answers": [{"text": "Mary", "answer_start": 8}]}]}]}]}""",
        ["lines.jsonl"] = """
            {"question": "a", "context": "😀 Mary", "answers": {"text": ["Mary"], "answer_start": [2]}}
            {"question": "b", "context": "Mary and Ann", "answers": [{"text": "Ann", "answer_start": 0}, {"text": "Mary"}]}
            {"question": "c", "context": "Mary"}
            """,
        ["table.tsv"] = "question\tcontext\tanswer\nWho?\tMary and Ann\tAnn\nWhy?\tMary\t\n",
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Entities => [.. s_entities.Keys];

    public static TheoryData<string> Questions => [.. s_questions.Keys];

    [Theory, MemberData(nameof(Entities))]
    public void The_tool_and_the_project_read_the_same_entities(string name) => ReadsTheSameEntities(Write(name, s_entities[name]));

    [Theory]
    [InlineData("--label-col", "2")]
    [InlineData("--label-col", "2", "--text-col", "1")]
    public void Columns_of_CoNLL_that_are_named_are_those_of_the_project(params string[] columns)
    {
        string rows = ReadsTheSameEntities(Write("germeval.tsv", s_entities["germeval.tsv"]), columns);
        Assert.Contains("\"PER\"", rows, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("08-conll-comment-lines", "clean.conll")]
    [InlineData("08-conll-comment-lines", "multiconer.conll")]
    [InlineData("08-conll-comment-lines", "sentences.conll")]
    [InlineData("09-conll-token-with-space", "nbsp.conll")]
    [InlineData("09-conll-token-with-space", "only-nbsp.conll")]
    [InlineData("09-conll-token-with-space", "space.conll")]
    [InlineData("10-jsonl-entities-under-other-names", "doccano.jsonl")]
    [InlineData("10-jsonl-entities-under-other-names", "doccano-offsets.jsonl")]
    public void The_tool_and_the_project_read_the_same_entities_of_files_seen_in_the_field(string folder, string name) =>
        ReadsTheSameEntities(Shared.Folder("cases", folder, name));

    [Theory, MemberData(nameof(Questions))]
    public void The_tool_and_the_project_read_the_same_questions(string name)
    {
        string path = Write(name, s_questions[name]);
        var command = new Command("x");
        var table = new TableOptions();
        var dataset = new QuestionDataset(table);
        dataset.AddTo(command);
        table.AddHeaderTo(command);
        QuestionAnswerRow[] rows = dataset.Read(command.Parse([]), Streams(), path, out TableSource source);
        TrainingSettings settings = GeneratedProject.Settings(source);
        IDataView data = Load(QuestionAnsweringCode.Create(settings, 1, "", ""), settings);
        Assert.Equal(JsonSerializer.Serialize(rows),
            JsonSerializer.Serialize(new MLContext().Data.CreateEnumerable<QuestionAnswerRow>(data, reuseRowObject: false)));
    }

    private static string ReadsTheSameEntities(string path, params string[] columns)
    {
        var command = new Command("x");
        var table = new TableOptions();
        table.AddLabelledTextTo(command);
        NamedEntityRow[] rows = new EntityDataset(table).Read(command.Parse(columns), Streams(), path, out TableSource source);
        IDataView data = Load(EntityRecognitionCode.Create(GeneratedProject.Settings(source), ""), GeneratedProject.Settings(source));
        string read = JsonSerializer.Serialize(rows);
        Assert.Equal(read, JsonSerializer.Serialize(new MLContext().Data.CreateEnumerable<NamedEntityRow>(data, reuseRowObject: false)));
        return read;
    }

    /// <summary>The rows as the method of generated code loads them.</summary>
    private static IDataView Load(ModelCode code, TrainingSettings settings)
    {
        using var image = new MemoryStream();
        var compilation = GeneratedProject.Compile(
            new CodeProject("read", code, settings, LibraryReference.Parse("0.1.0")).Files(new Dictionary<string, double>()));
        Assert.Empty(GeneratedProject.Complaints(compilation));
        Assert.True(compilation.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        MethodInfo load = Assembly.Load(image.ToArray()).GetType("Read_ConsoleApp.Read")!.GetMethod("LoadIDataViewFromFile")!;
        return (IDataView)load.Invoke(null, [new MLContext(), settings.Source.Path])!;
    }

    private static ToolStreams Streams() => new(Stream.Null, Stream.Null, TextWriter.Null);

    private string Write(string name, string content)
    {
        File.WriteAllText(_folder[name], content);
        return _folder[name];
    }
}
