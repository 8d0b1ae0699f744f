using System.CommandLine;
using Bert.MLNet.Benchmarks;

var root = new RootCommand("Measures Bert.MLNet beside what else an ML.NET application can do.");
root.Subcommands.Add(EncodingBenchmark.Command());
root.Subcommands.Add(TokenizerBenchmark.Command());
root.Subcommands.Add(TrainingBenchmark.Command());
return root.Parse(args).Invoke();
