using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Bert.MLNet.Cli.CodeGeneration;

/// <summary>Generates a minimal web API, which the project compiles in place of its console program on request.</summary>
internal static class WebApiCode
{
    /// <summary>The end of the file's name.</summary>
    public const string Ending = ".webapi.cs";

    /// <summary>The MSBuild property that selects the web API.</summary>
    public const string Property = "WebApi";

    private static readonly JsonSerializerOptions s_readable = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <param name="name">The name of the files.</param>
    /// <param name="model">The name of the generated class.</param>
    /// <param name="code">The code of the task.</param>
    public static string Create(string name, string model, ModelCode code) => $$"""
        // dotnet run -p:{{Property}}=true --project {{name}}.csproj -- --urls http://127.0.0.1:5080
        // POST /predict with a list of rows in JSON, such as
        // {{Sample(code)}}
        using Bert.MLNet;
        using Microsoft.AspNetCore.Builder;
        using Microsoft.ML;
        using {{model}}_ConsoleApp;

        var mlContext = new MLContext();
        // Any number of requests can use the model at the same time. The rows of a request are predicted in batches.
        ITransformer mlModel = mlContext.Model.LoadFromFile(
            Path.Combine(AppContext.BaseDirectory, {{CSharp.Literal(name + ".zip")}}), out _);

        WebApplication app = WebApplication.Create(args);
        app.MapPost("/predict", ({{model}}.ModelInput[] rows) => mlContext.Data.CreateEnumerable<{{model}}.ModelOutput>(
            mlModel.Transform(mlContext.Data.LoadFromEnumerable(rows)), reuseRowObject: false).ToArray());
        app.Run();

        """;

    // JSON escapes line breaks, which would end the comment.
    private static string Sample(ModelCode code) => JsonSerializer.Serialize(new[]
    {
        code.Texts.Index().ToDictionary(
            text => JsonNamingPolicy.CamelCase.ConvertName(text.Item.Property),
            text => text.Index < code.Sample.Count ? code.Sample[text.Index] : ""),
    }, s_readable);
}
