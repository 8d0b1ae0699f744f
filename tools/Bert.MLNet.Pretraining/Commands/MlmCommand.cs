using System.CommandLine;
using Bert.MLNet.Tokenization;
using Bert.MLNet.Training;
using static TorchSharp.torch;

namespace Bert.MLNet.Pretraining.Commands;

/// <summary><c>mlm</c>: masked language modeling.</summary>
internal static class MlmCommand
{
    public static Command Create()
    {
        Option<FileInfo> corpus = CommandOptions.Corpus();
        Option<FileSystemInfo> vocabulary = CommandOptions.Vocabulary();
        Option<FileInfo> embeddings =
            new Option<FileInfo>("--embeddings") { Description =
                "The initial token embeddings, from 'cooccurrence'." }.AcceptExistingOnly();
        Option<DirectoryInfo> from =
            new Option<DirectoryInfo>(
                "--from") { Description =
                    "Instead of --embeddings, the folder of a training or of a model to start from." }.AcceptExistingOnly();
        Option<TimeSpan> duration = CommandOptions.Duration();
        Option<double> learningRate = new("--learning-rate") { DefaultValueFactory = _ => 1e-3 };
        Option<int> tokens = new("--tokens-per-step") { Description = "The number of tokens per update.", DefaultValueFactory = _ => 2048 };
        Option<int[]> lengths = new("--lengths")
        {
            Description = "The lengths of sequences; repeat one to use it more often. Default: 64, and in the last quarter also 128 and " +
                "512.",
            AllowMultipleArgumentsPerToken = true,
        };
        lengths.Validators.Add(result =>
        {
            if (result.GetValue(lengths)!.Any(length => length is < 3 or > 512))
                result.AddError("--lengths must be from 3, for [CLS], a token and [SEP], to 512, the positions of the model.");
        });
        Option<double> dropout = new("--dropout")
        {
            Description = "The dropout, for several passes over a text; a single pass needs none.",
            DefaultValueFactory = _ => 0,
        };
        Option<double> wordsRate = CommandOptions.WordEmbeddingsRate();
        Option<ScalarType?> precision = CommandOptions.Precision();
        Option<string> device = CommandOptions.Device();
        Option<int> workers = CommandOptions.Workers();
        Option<int> seed = CommandOptions.Seed();
        Option<string> output = CommandOptions.Output("The folder for checkpoints and the log. A stopped run continues from there.");
        var command = new Command("mlm", "Trains the encoder to predict masked words.")
        {
            corpus,
            vocabulary,
            embeddings,
            from,
            duration,
            learningRate,
            tokens,
            lengths,
            dropout,
            wordsRate,
            precision,
            device,
            workers,
            seed,
            output,
        };
        command.SetAction(arguments =>
        {
            TorchRuntime.EnsureLoaded();
            manual_seed(arguments.GetValue(seed));
            BertTokenizer tokenizer = CommandOptions.Tokenizer(arguments.GetRequiredValue(vocabulary));
            TokenCorpus text = TokenCorpus.Load(arguments.GetRequiredValue(corpus).FullName);
            Device? place = TrainingDevice.Open(arguments.GetRequiredValue(device));
            ScalarType type = CommandOptions.TypeOf(arguments.GetValue(precision), place);
            BertConfig config = Checkpoints.Shape(tokenizer, arguments.GetValue(dropout));
            BertForMaskedLM module = New();
            if (arguments.GetValue(from) is { } start)
                TrainingCheckpoint.LoadAverage([start.FullName], module, count: 1);
            else if (arguments.GetValue(embeddings) is { } vectors)
                FirstWeights.Set(module, text, Checkpoints.ReadWordEmbeddings(vectors.FullName));
            else
                throw new ArgumentException("There are no initial weights: specify --embeddings or --from.");

            var masked = new MaskedLanguageModelOptions
            {
                TokensPerStep = arguments.GetValue(tokens), TokensPerBatch =
                    CommandOptions.TokensPerBatch(arguments.GetValue(tokens), place), Seed = arguments.GetValue(seed),
            };
            if (arguments.GetValue(lengths) is { Length: > 0 } named)
                masked = masked with { Phases = [(0, [.. named.Select(length => (length, 1.0))])] };
            var split = new HeldOutDocuments(text);
            var objective = new MaskedLanguageModelObjective(
                new SequencePacker(text, split.Train, tokenizer, arguments.GetValue(seed)),
                new SequencePacker(text, split.HeldOut, tokenizer, 1),
                new WholeWordMasking(tokenizer, 0.2), masked);
            var options = new PretrainingOptions
            {
                WordEmbeddingsRate = arguments.GetValue(wordsRate),
                LearningRate = arguments.GetValue(learningRate),
                MaxDuration = arguments.GetValue(duration),
                Workers = arguments.GetValue(workers),
                Seed = arguments.GetValue(seed),
                LoggingSteps = 100,
            };
            return TrainingRun.Run(module, New, [objective], options, arguments.GetRequiredValue(output), place);

            BertForMaskedLM New() => new(config, type);
        });
        return command;
    }
}
