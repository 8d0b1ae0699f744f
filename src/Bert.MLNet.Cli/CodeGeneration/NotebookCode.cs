using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bert.MLNet.Cli.CodeGeneration;

/// <summary>Generates a notebook for Polyglot Notebooks, in Jupyter's format (nbformat 4.5), which predicts with the model.</summary>
internal static class NotebookCode
{
    /// <summary>The end of the file's name.</summary>
    public const string Ending = ".ipynb";

    private const string Kernel = "csharp";

    private static readonly JsonSerializerOptions s_readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="name">The name of the files.</param>
    /// <param name="model">The name of the generated class.</param>
    /// <param name="version">The version of Bert.MLNet.</param>
    /// <param name="modelClass">The class that predicts.</param>
    /// <param name="code">The code of the task.</param>
    public static string Create(string name, string model, string version, string modelClass, ModelCode code)
    {
        (string Kind, string Text)[] cells =
        [
            ("markdown", $"# {name}\nWritten by bert-mlnet {ToolVersion.Current}; the next training with the same `--name` overwrites " +
                "it. Open it in Visual Studio Code with Polyglot Notebooks, in its own folder, and run the cells from top to bottom."),
            ("code", $"#r \"nuget: Bert.MLNet, {version}\""),
            ("code", "using Bert.MLNet;\nusing Microsoft.ML;\nusing Microsoft.ML.Data;"),
            ("markdown", "## The model\nThe columns that it reads and writes, and a prediction engine for one row at a time."),
            ("code", modelClass),
            ("markdown", "## One row"),
            ("code", One(model, code)),
            ("markdown", "## Many rows\nThey are predicted in batches."),
            ("code", Many(name, model, code)),
        ];
        var notebook = new JsonObject
        {
            ["cells"] = new JsonArray([.. cells.Select((cell, i) => Cell(cell.Kind, cell.Text, i))]),
            ["metadata"] = new JsonObject
            {
                ["kernelspec"] = new JsonObject { ["display_name"] = ".NET (C#)", ["language"] = "C#", ["name"] = ".net-csharp" },
                ["language_info"] = new JsonObject { ["name"] = "polyglot-notebook" },
                ["polyglot_notebook"] = new JsonObject
                {
                    ["kernelInfo"] = new JsonObject
                    {
                        ["defaultKernelName"] = Kernel,
                        ["items"] = new JsonArray(new JsonObject { ["aliases"] = new JsonArray(), ["name"] = Kernel }),
                    },
                },
            },
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
        };
        return notebook.ToJsonString(s_readable) + "\n";
    }

    private static JsonObject Cell(string kind, string text, int index)
    {
        string[] lines = text.Split('\n');
        var cell = new JsonObject
        {
            ["cell_type"] = kind,
            ["id"] = $"cell-{index}",
            ["metadata"] = new JsonObject(),
            ["source"] = new JsonArray([.. lines.Select((line, i) => (JsonNode)(i < lines.Length - 1 ? line + "\n" : line))]),
        };
        if (kind == "code")
        {
            cell["metadata"] = new JsonObject { ["polyglot_notebook"] = new JsonObject { ["kernelName"] = Kernel } };
            cell["execution_count"] = null;
            cell["outputs"] = new JsonArray();
        }
        return cell;
    }

    private static string One(string model, ModelCode code) => $$"""
        var input = new {{model}}.ModelInput
        {
        {{Values(code)}}
        };
        {{model}}.ModelOutput output = {{model}}.Predict(input);
        {{code.Show.Replace("MODEL", model, StringComparison.Ordinal)}}
        """;

    private static string Many(string name, string model, ModelCode code) => $$"""
        var mlContext = new MLContext();
        ITransformer mlModel = mlContext.Model.LoadFromFile({{CSharp.Literal(name + ".zip")}}, out _);
        {{model}}.ModelInput[] rows =
        [
            new()
            {
        {{Values(code, "    ")}}
            },
        ];
        {{model}}.ModelOutput[] predictions = mlContext.Data.CreateEnumerable<{{model}}.ModelOutput>(
            mlModel.Transform(mlContext.Data.LoadFromEnumerable(rows)), reuseRowObject: false).ToArray();
        Console.WriteLine($"{predictions.Length} predictions");
        """;

    private static string Values(ModelCode code, string indent = "") => string.Join('\n', code.Texts.Select((text, i) =>
        $"{indent}    {text.Property} = {CSharp.Literal(i < code.Sample.Count ? code.Sample[i] : "")},"));
}
