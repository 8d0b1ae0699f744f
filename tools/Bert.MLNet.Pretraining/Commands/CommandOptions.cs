using System.CommandLine;
using Bert.MLNet.Training;
using static TorchSharp.torch;

namespace Bert.MLNet.Pretraining.Commands;

/// <summary>Options that several commands share.</summary>
internal static class CommandOptions
{
    public static Option<FileInfo> Text() => new Option<FileInfo>("--text")
    {
        Description = "UTF-8 text, one paragraph per line.",
        Required = true,
    }.AcceptExistingOnly();

    public static Option<DirectoryInfo> Datasets() => new Option<DirectoryInfo>("--datasets")
    {
        Description = "The folder with the data sets.",
        Required = true,
    }.AcceptExistingOnly();

    public static Option<FileInfo?> Documents() => new("--documents")
    {
        Description = "A tab-separated file whose first column is the number of each document's first line, from 0. Default: a blank " +
            "line ends a document.",
    };

    public static Option<FileSystemInfo> Vocabulary() => new Option<FileSystemInfo>("--vocabulary")
    {
        Description = "A vocab.txt from 'vocabulary', or the folder of a tokenizer, such as one from 'bert-mlnet train-vocabulary'.",
        Required = true,
    }.AcceptExistingOnly();

    /// <summary>Reads the tokenizer from a vocab.txt or a folder.</summary>
    public static BertTokenizer Tokenizer(FileSystemInfo vocabulary) => Directory.Exists(vocabulary.FullName)
        ? BertTokenizer.FromPretrained(vocabulary.FullName)
        : BertTokenizer.Create(vocabulary.FullName);

    public static Option<FileInfo> Corpus() => new Option<FileInfo>("--corpus")
    {
        Description = "A tokenized text from 'tokenize'.",
        Required = true,
    }.AcceptExistingOnly();

    public static Option<DirectoryInfo> From() => new Option<DirectoryInfo>("--from")
    {
        Description = "The initial weights: the folder of a training, whose latest checkpoint is used, or of a model with this shape.",
        Required = true,
    }.AcceptExistingOnly();

    public static Option<string> Output(string description) => new("--output") { Description = description, Required = true };

    public static Option<int> Seed() => new("--seed") { Description = "The seed for all random numbers.", DefaultValueFactory = _ => 42 };

    public static Option<TimeSpan> Duration() => new("--duration")
    {
        Description = "The time budget without interruptions, such as 01:30:00. The learning rate falls to zero at its end.",
        Required = true,
    };

    public static Option<double> WordEmbeddingsRate() => new("--word-embeddings-rate")
    {
        Description = "The factor for the learning rate of the token embeddings.",
        DefaultValueFactory = _ => 0.1,
    };

    public static Option<FileInfo> Sentences() => new Option<FileInfo>("--sentences")
    {
        Description = "The texts: JSON lines with the fields 'id' and 'text', from 'sentences'.",
        Required = true,
    }.AcceptExistingOnly();

    public static Option<FileInfo> Vectors() => new Option<FileInfo>("--vectors")
    {
        Description = "The teacher's vectors of these texts, a Parquet file from 'bert-mlnet embed'.",
        Required = true,
    }.AcceptExistingOnly();

    /// <summary>The type of the matrix products.</summary>
    public static Option<ScalarType?> Precision()
    {
        var option = new Option<ScalarType?>("--precision")
        {
            Description = "The type of the matrix products, Float32 or BFloat16. Default: the faster one, which is measured.",
        };
        option.AcceptOnlyFromAmong(nameof(ScalarType.Float32), nameof(ScalarType.BFloat16));
        return option;
    }

    /// <summary>Gets the specified type, or the faster one on this machine. libtorch must be loaded.</summary>
    public static ScalarType TypeOf(ScalarType? precision, Device? device) =>
        precision ?? (device is not null || BFloat16Products.AreFaster ? ScalarType.BFloat16 : ScalarType.Float32);

    /// <summary>
    /// Gets the number of tokens per batch of masked language modeling: few on the CPU, and as much of an update as fits into the memory of
    /// another device, including scores over the vocabulary.
    /// </summary>
    public static int TokensPerBatch(int tokensPerStep, Device? device) => device is null ? 1024 : Math.Min(tokensPerStep, 65_536);

    /// <summary>The device that computes gradients, named as in the trainers' option.</summary>
    public static Option<string> Device() => new("--device")
    {
        Description = "The device that computes gradients: cpu, cuda or cuda:n.",
        DefaultValueFactory = _ => "cpu",
    };

    public static Option<int> Workers() => new("--workers")
    {
        Description = "Threads.",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };
}
