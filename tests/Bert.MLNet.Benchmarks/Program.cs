using System.CommandLine;
using Bert.MLNet.Benchmarks;

var busy = new Option<bool>("--busy")
{
    Description = "Count all rounds, also those in which other processes took their part of the machine. For trying, not for figures.",
    Recursive = true,
};
var root = new RootCommand(
    "Measures Bert.MLNet beside what else an ML.NET application can do. Without a command: all of it but micro, published and shards, in " +
    "half an hour or more.")
{
    busy,
    EncodingBenchmark.Command(),
    TokenizerBenchmark.Command(),
    LibrariesBenchmark.Command(),
    StaticBenchmark.Command(),
    PublishedFigure.Command(),
    TrainingBenchmark.Command(),
    GenerationBenchmark.Command(),
    ServerBenchmark.Command(),
    ModelFileBenchmark.Command(),
    FirstTokenBenchmark.Command(),
    ScaleBenchmark.Command(),
    ShardsBenchmark.Command(),
    MicroBenchmarks.Command(),
};
string[][] report =
[
    ["encoding"], ["encoding", "--shape", "BERT-base", "--count", "100"], ["encoding", "--join", "15", "--count", "40"],
    ["libraries"], ["static"],
    ["tokenization"],
    ["first-token"], ["generation"], ["training"], ["training", "--threads", "1"], ["model-file"],
    ["scale"], ["scale", "--shape", "MiniLM-L6", "--counts", "2000"], ["scale", "--shape", "MiniLM-L6", "--counts", "2000", "--int8"],
    ["scale", "--shape", "MiniLM-L6", "--counts", "2000", "--inference-only"],
    ["scale", "--shape", "MiniLM-L6", "--counts", "2000", "--int8", "--inference-only"],
];
root.SetAction(_ =>
{
    int status = 0;
    foreach (string[] part in report)
    {
        Console.WriteLine($"\n## {string.Join(' ', part)}\n");
        status |= root.Parse(part).Invoke();
    }
    return status;
});
ParseResult parsed = root.Parse(args);
if (parsed.GetValue(busy))
    Rounds.OthersAllowed = double.PositiveInfinity;
return parsed.Invoke();
