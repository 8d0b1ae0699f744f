using System.CommandLine;
using Bert.MLNet.Training;
using static TorchSharp.torch;

namespace Bert.MLNet.Pretraining.Commands;

/// <summary>Options that several commands share.</summary>
internal static class CommandOptions
{
    public static Option<FileInfo> Text() => new Option<FileInfo>("--text")
    {
        Description = "UTF-8 text, one paragraph a line.",
        Required = true,
    }.AcceptExistingOnly();

    public static Option<FileInfo?> Documents() => new("--documents")
    {
        Description = "Tab-separated file whose first column is the number of each document's first line, from 0. Default: a blank line ends a document.",
    };

    public static Option<FileInfo> Vocabulary() => new Option<FileInfo>("--vocabulary")
    {
        Description = "vocab.txt, made with 'vocabulary'.",
        Required = true,
    }.AcceptExistingOnly();

    public static Option<FileInfo> Corpus() => new Option<FileInfo>("--corpus")
    {
        Description = "Tokenized text, made with 'tokenize'.",
        Required = true,
    }.AcceptExistingOnly();

    public static Option<DirectoryInfo> From() => new Option<DirectoryInfo>("--from")
    {
        Description = "Folder of a training, whose latest checkpoint is the start, or of a model of this shape.",
        Required = true,
    }.AcceptExistingOnly();

    public static Option<string> Output(string description) => new("--output") { Description = description, Required = true };

    public static Option<int> Seed() => new("--seed") { Description = "Where all chance comes from.", DefaultValueFactory = _ => 42 };

    public static Option<TimeSpan> Duration() => new("--duration")
    {
        Description = "Time budget, such as 01:30:00. The learning rate has fallen to zero when it is used up, interruptions not counted.",
        Required = true,
    };

    public static Option<double> WordEmbeddingsRate() => new("--word-embeddings-rate")
    {
        Description = "What the learning rate of the token embeddings is multiplied with.",
        DefaultValueFactory = _ => 0.1,
    };

    /// <summary>Type of the matrix products.</summary>
    public static Option<ScalarType?> Precision()
    {
        var option = new Option<ScalarType?>("--precision") { Description = "Type of the matrix products, Float32 or BFloat16. Default: what is faster here, which is measured." };
        option.AcceptOnlyFromAmong(nameof(ScalarType.Float32), nameof(ScalarType.BFloat16));
        return option;
    }

    /// <summary>The type that was asked for, or what is faster here. libtorch has to be loaded.</summary>
    public static ScalarType TypeOf(ScalarType? precision, Device? device) =>
        precision ?? (device is not null || BFloat16Products.AreFaster ? ScalarType.BFloat16 : ScalarType.Float32);

    /// <summary>Tokens of one batch of masked language modelling: little on the processor, on another device all of an update that its memory takes, scores over the vocabulary included.</summary>
    public static int TokensPerBatch(int tokensPerStep, Device? device) => device is null ? 1024 : Math.Min(tokensPerStep, 65_536);

    /// <summary>What computes gradients, by the name that the trainers' option has.</summary>
    public static Option<string> Device() => new("--device") { Description = "What computes gradients: cpu, cuda or cuda:n.", DefaultValueFactory = _ => "cpu" };

    public static Option<int> Workers() => new("--workers") { Description = "Threads.", DefaultValueFactory = _ => Environment.ProcessorCount };
}
