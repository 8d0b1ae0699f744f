using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

namespace Bert.MLNet.Tests.Cli;

/// <summary><c>--device</c> of the verbs that compute a network.</summary>
public sealed class DeviceOptionTests : IDisposable
{
    private const string Line = """{"text": "a great film. a poor phone.", "pair": "a bad book", "labels": "a"}""";

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Verbs =>
        ["embed", "encode", "similarity", "search", "fill-mask", "zero-shot", "summarize", "translate", "predict", "evaluate", "serve"];

    [Theory, MemberData(nameof(Verbs))]
    public async Task A_device_that_the_tool_cannot_use_is_one_sentence(string verb)
    {
        Assert.SkipWhen(OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"), "ONNX Runtime has CUDA here.");
        string[] more = verb switch
        {
            "search" => ["a film"],
            "zero-shot" => ["--labels", "film,phone"],
            "evaluate" => ["--dataset", "-"],
            _ => [],
        };
        ToolRun run = await ToolRun.Of(Line, [verb, "--model", Model(), .. more, "--device", "cuda:0"]);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Single(run.Error.Split('\n'));
        Assert.Contains(
            "--device is 'cuda:0', but this tool's ONNX Runtime computes on the processor only. Use --device cpu or --fallback-to-cpu",
            run.Error);
        ToolRun wrong = await ToolRun.Of(Line, [verb, "--model", Model(), .. more, "--device", "gpu"]);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("--device must be 'cpu', 'cuda' or 'cuda:n'", wrong.Error);
    }

    [Fact]
    public async Task The_processor_computes_the_same_where_it_may_stand_in()
    {
        Assert.SkipWhen(OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"), "ONNX Runtime has CUDA here.");
        string model = Model();
        ToolRun expected = await ToolRun.Of(Line, "embed", "--model", model);
        Assert.Equal(JsonValueKind.Array, Assert.Single(expected.Lines).GetProperty("embedding").ValueKind);
        Assert.Equal(expected, await ToolRun.Of(Line, "embed", "--model", model, "--device", "cpu"));
        Assert.Equal(expected, await ToolRun.Of(Line, "embed", "--model", model, "--device", "cuda", "--fallback-to-cpu"));
    }

    public void Dispose() => _folder.Dispose();

    private string Model()
    {
        if (!Directory.Exists(_folder["model"]))
            new TinyCheckpoint { MaxPositions = 128 }.Write(_folder["model"]);
        return _folder["model"];
    }
}
