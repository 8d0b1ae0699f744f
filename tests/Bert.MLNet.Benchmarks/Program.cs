using System.CommandLine;
using Bert.MLNet.Benchmarks;

var busy = new Option<bool>("--busy") { Description = "Count all rounds, also those in which other processes took their part of the machine. For trying, not for figures.", Recursive = true };
var root = new RootCommand("Measures Bert.MLNet beside what else an ML.NET application can do.")
{
    busy,
    EncodingBenchmark.Command(),
    TokenizerBenchmark.Command(),
    TrainingBenchmark.Command(),
    ModelFileBenchmark.Command(),
    ScaleBenchmark.Command(),
};
ParseResult parsed = root.Parse(args);
if (parsed.GetValue(busy))
    Rounds.OthersAllowed = double.PositiveInfinity;
return parsed.Invoke();
