using System.Text.RegularExpressions;
using Bert.MLNet.Cli.Tables;

namespace Bert.MLNet.Cli.CodeGeneration;

/// <summary>
/// Generates a project for a trained model, like ML.NET's Model Builder: one class, in parts for using, training and evaluating the model,
/// a console program that shows a prediction, a web API and a notebook.
/// </summary>
internal sealed partial class CodeProject
{
    private readonly ModelCode _code;
    private readonly TrainingSettings _settings;
    private readonly LibraryReference _library;
    private readonly DataLoading _loading;
    private readonly string _name, _model;

    /// <param name="name">The name of the files.</param>
    /// <param name="code">The code of the task.</param>
    /// <param name="settings">How the model was trained.</param>
    /// <param name="library">Where the project finds Bert.MLNet.</param>
    public CodeProject(string name, ModelCode code, TrainingSettings settings, LibraryReference library)
    {
        (_name, _code, _settings, _library, _loading) = (name, code, settings, library, new DataLoading(settings.Source, code));
        // A class with the same name as something that the code uses would hide it.
        _model = "_";
        string[] files = [Consumption(), Training(), Evaluate(), Program(), WebApi(), ConsumptionClass("\"\"")];
        HashSet<string> taken = [.. files.SelectMany(file => Word().Matches(NoCode().Replace(file, ""))).Select(word => word.Value)];
        _model = CSharp.Identifier(name, taken, "Model");
    }

    /// <summary>Generates the files, with their names.</summary>
    /// <param name="trials">The results of training, for the configuration.</param>
    public IEnumerable<(string Name, string Content)> Files(IReadOnlyDictionary<string, double> trials)
    {
        yield return (_name + ".consumption.cs", Consumption());
        yield return (_name + ".training.cs", Training());
        yield return (_name + ".evaluate.cs", Evaluate());
        yield return (_name + ".program.cs", Program());
        yield return (_name + WebApiCode.Ending, WebApi());
        yield return (_name + NotebookCode.Ending, Notebook());
        string? reader = Reader();
        if (reader is not null)
            yield return (_name + ".reader.cs", reader);
        yield return (_name + ".csproj",
            ProjectFile.Create(_name, _model + "_ConsoleApp", _library,
            reader is null ? null : DataLoading.PackageOf(_settings.Source.Form), hasReader: reader is not null));
        yield return (_name + ".mbconfig", ModelBuilderConfig.Create(_name, _code, _settings, trials));
    }

    private static string Header(string file) =>
        $"// {file}: written by bert-mlnet {ToolVersion.Current}. The next training with the same --name overwrites it.";

    private string Consumption() => $$"""
        {{Header(_name + ".consumption.cs")}}
        using Bert.MLNet;
        using Microsoft.ML;
        using Microsoft.ML.Data;

        namespace {{_model}}_ConsoleApp;

        {{ConsumptionClass($"Path.Combine(AppContext.BaseDirectory, {CSharp.Literal(_name + ".zip")})")}}

        """;

    /// <param name="path">The expression of the model's path.</param>
    private string ConsumptionClass(string path) => $$"""
        public partial class {{_model}}
        {
            /// <summary>A row that the model reads. Predictions ignore the label.</summary>
            public class ModelInput
            {
        {{Declarations(_code.Inputs)}}
            }

            /// <summary>A row with the model's prediction.</summary>
            public class ModelOutput
            {
        {{Declarations(_code.Outputs)}}
            }

            private static readonly string MLNetModelPath = {{path}};

            /// <summary>
            /// Loads the model when it is first used, and tries again after a failure. It serves one thread at a time; a program with more
            /// threads creates one for each.
            /// </summary>
            public static readonly Lazy<PredictionEngine<ModelInput, ModelOutput>> PredictEngine = new(CreatePredictEngine, LazyThreadSafetyMode.PublicationOnly);

            /// <summary>Predicts one row.</summary>
            public static ModelOutput Predict(ModelInput input) => PredictEngine.Value.Predict(input);
        {{_code.Prediction}}
            private static PredictionEngine<ModelInput, ModelOutput> CreatePredictEngine()
            {
                var mlContext = new MLContext();
                ITransformer mlModel = mlContext.Model.LoadFromFile(MLNetModelPath, out _);
                return mlContext.Model.CreatePredictionEngine<ModelInput, ModelOutput>(mlModel);
            }
        }
        """;

    private string Training() => $$"""
        {{Header(_name + ".training.cs")}}
        {{Usings}}

        namespace {{_model}}_ConsoleApp;

        public partial class {{_model}}
        {
            /// <summary>The table that the model was trained on.</summary>
            public const string RetrainFilePath = {{CSharp.Literal(_settings.Source.Path)}};
        {{(_settings.HasValidationSet ? $"\n    /// <summary>The table for choosing the best epoch.</summary>\n    public const string ValidationFilePath = {CSharp.Literal(_settings.Validation!.Path)};\n" : "")}}
            /// <summary>Trains a new model and saves it.</summary>
            /// <param name="outputModelPath">The file to write.</param>
            /// <param name="inputDataFilePath">The training table.</param>
            public static void Train(string outputModelPath, string inputDataFilePath = RetrainFilePath)
            {
                var mlContext = new MLContext(seed: {{CSharp.Literal(_settings.Seed)}});
                IDataView data = LoadIDataViewFromFile(mlContext, inputDataFilePath);
                ITransformer model = RetrainModel(mlContext, data);
                SaveModel(mlContext, model, data, outputModelPath);
            }

        {{_loading.Members}}
            /// <summary>Saves a model to an ML.NET file.</summary>
            public static void SaveModel(MLContext mlContext, ITransformer model, IDataView data, string modelSavePath) =>
                mlContext.Model.SaveToFile(model, data.Schema, modelSavePath);

            /// <summary>Trains the pipeline on rows.</summary>
            public static ITransformer RetrainModel(MLContext mlContext, IDataView trainData) => BuildPipeline(mlContext{{(_settings.HasValidationSet ? ", trainData" : "")}}).Fit(trainData);

            /// <summary>The steps of the model, as it was trained.</summary>
            public static IEstimator<ITransformer> BuildPipeline(MLContext mlContext{{(_settings.HasValidationSet ? ", IDataView trainData" : "")}})
            {
        {{(_settings.IsWithoutModel ? "" : $"        BertModel bert = {_settings.OpenModel};\n")}}{{_code.Pipeline}}
            }
        {{(_settings.Embeds ? "" : Reports)}}}

        """;

    private const string Reports = """

            /// <summary>Prints the progress of training.</summary>
            private sealed class Reports : IProgress<TrainingProgress>
            {
                public void Report(TrainingProgress value) => Console.Error.WriteLine(FormattableString.Invariant(
                    $"epoch {value.Epoch}, {value.Done:P0}, loss {value.Loss:F4}{(value.Metric is { } metric ? FormattableString.Invariant($", {value.MetricName} {metric:F4}") : "")}"));
            }

        """;

    // In a separate namespace, so that the class can have the same name as anything that the reader uses.
    private string ReaderNamespace => _model + "_Reader";

    private string? Reader() => _loading.Reader(ReaderNamespace) is { } reader ? Header(_name + ".reader.cs") + "\n" + reader : null;

    private string Usings =>
        string.Join('\n', _loading.Usings.Concat(_loading.HasReader ? [ReaderNamespace] : Array.Empty<string>())
            .Concat(["Bert.MLNet", "Microsoft.ML", "Microsoft.ML.Data", "Microsoft.ML.Trainers", "Microsoft.ML.Transforms"])
        .OrderBy(space => space.StartsWith("System", StringComparison.Ordinal) ? 0 : 1).ThenBy(space => space, StringComparer.Ordinal)
            .Select(space => $"using {space};"));

    private string Evaluate() => $$"""
        {{Header(_name + ".evaluate.cs")}}
        using Bert.MLNet;
        using Microsoft.ML;
        using Microsoft.ML.Data;

        namespace {{_model}}_ConsoleApp;

        public partial class {{_model}}
        {
            /// <summary>A table with labels for evaluating the model.</summary>
            public const string EvaluateFilePath = {{CSharp.Literal(EvaluatedTable.Path)}};

            /// <summary>Evaluates the saved model on a table.</summary>
            public static {{_code.Metrics}} Evaluate(string inputDataFilePath = EvaluateFilePath)
            {
                var mlContext = new MLContext();
                ITransformer model = mlContext.Model.LoadFromFile(MLNetModelPath, out _);
                return Evaluate(mlContext, LoadIDataViewFromFile(mlContext, inputDataFilePath), model);
            }

            /// <summary>Evaluates a model on rows.</summary>
            public static {{_code.Metrics}} Evaluate(MLContext mlContext, IDataView data, ITransformer model)
            {
                IDataView predictions = model.Transform(data);
                return {{_code.Evaluation}};
            }
        }

        """;

    private TableSource EvaluatedTable =>
        new[] { _settings.Test, _settings.Validation }.FirstOrDefault(table => table?.HasFormOf(_settings.Source) == true)
            ?? _settings.Source;

    private string WebApi() => Header(_name + WebApiCode.Ending) + "\n" + WebApiCode.Create(_name, _model, _code);

    private string Notebook() => NotebookCode.Create(
        _name, _model, _library.Version, ConsumptionClass($"Path.GetFullPath({CSharp.Literal(_name + ".zip")})"), _code);

    private string Program() => $$"""
        {{Header(_name + ".program.cs")}}
        // dotnet run --project {{_name}}.csproj                          predicts a row of the table
        // dotnet run --project {{_name}}.csproj -- {{string.Join(' ', Texts.Select(_ => "TEXT"))}}{{new string(' ', 23 - 5 * Texts.Length)}}predicts your own text
        // dotnet run --project {{_name}}.csproj -- --evaluate FILE       prints the model's metrics on a table
        // dotnet run --project {{_name}}.csproj {{(_settings.Embeds ? "" : "-p:Training=true ")}}-- --train NEW.zip{{new string(' ', _settings.Embeds ? 8 : 1)}}trains a new model with the same settings
        using System.Globalization;
        using System.Text;
        using {{_model}}_ConsoleApp;

        Console.OutputEncoding = Encoding.UTF8;
        if (args is ["--train", var path])
        {
            {{_model}}.Train(path);
            return;
        }
        if (args is ["--evaluate", var table])
        {
            var metrics = {{_model}}.Evaluate(table);
        {{string.Join("\n", _code.MetricsShown.Select(PrintOf))}}
            return;
        }

        var input = new {{_model}}.ModelInput
        {
        {{string.Join("\n", Texts.Select((input, i) => $"    {input.Property} = args.Length > {CSharp.Literal(i)} ? args[{CSharp.Literal(i)}] : {CSharp.Literal(i < _code.Sample.Count ? _code.Sample[i] : "")},"))}}
        };
        {{_model}}.ModelOutput output = {{_model}}.Predict(input);
        {{string.Join("\n", Texts.Select(input => $"Console.WriteLine($\"{input.Property}: {{output.{input.Property}}}\");"))}}
        {{_code.Show.Replace("MODEL", _model, StringComparison.Ordinal)}}

        """;

    // The last part of the path, or the first if several end with the same.
    private string NameOf(string metric) => metric.Split('.')[_code.MetricsShown.DistinctBy(path => path.Split('.')[^1]).Count()
        == _code.MetricsShown.Count ? ^1 : 0];

    private string PrintOf(string metric) =>
        $"    Console.WriteLine(FormattableString.Invariant($\"{NameOf(metric)}: {{metrics.{metric}}}\"));";

    private CodeColumn[] Texts => [.. _code.Texts];

    private static string Declarations(IEnumerable<CodeColumn> columns) =>
        string.Join("\n\n", columns.Select(column => "        " + column.Declaration));

    /// <summary>Strings and comments, which contain no names.</summary>
    [GeneratedRegex("""
        "(\\.|[^"\\])*"|//.*
        """)]
    private static partial Regex NoCode();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
