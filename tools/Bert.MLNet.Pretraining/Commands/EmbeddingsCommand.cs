using System.CommandLine;
using Bert.MLNet.Training;
using static TorchSharp.torch;

namespace Bert.MLNet.Pretraining.Commands;

/// <summary><c>embeddings</c>: trains only the token embeddings, before any layer.</summary>
internal static class EmbeddingsCommand
{
    public static Command Create()
    {
        Option<FileInfo> corpus = CommandOptions.Corpus();
        Option<FileSystemInfo> vocabulary = CommandOptions.Vocabulary();
        Option<DirectoryInfo> from = CommandOptions.From();
        Option<TimeSpan> duration = CommandOptions.Duration();
        Option<double> learningRate = new("--learning-rate") { DefaultValueFactory = _ => 5e-3 };
        Option<int> batch = new("--pairs")
        {
            Description = "The number of pairs to distinguish from each other.",
            DefaultValueFactory = _ => 512,
        };
        Option<int> workers = CommandOptions.Workers();
        Option<int> seed = CommandOptions.Seed();
        Option<string> output = CommandOptions.Output("The folder for checkpoints and the log. A stopped run continues from there.");
        var command = new Command("embeddings", "Trains only the token embeddings, to distinguish texts that belong together from others.")
        {
            corpus, vocabulary, from, duration, learningRate, batch, workers, seed, output,
        };
        command.SetAction(arguments =>
        {
            TorchRuntime.EnsureLoaded();
            BertTokenizer tokenizer = CommandOptions.Tokenizer(arguments.GetRequiredValue(vocabulary));
            TokenCorpus text = TokenCorpus.Load(arguments.GetRequiredValue(corpus).FullName);
            BertConfig config = Checkpoints.Shape(tokenizer);
            BertForMaskedLM module = New();
            TrainingCheckpoint.LoadAverage([arguments.GetRequiredValue(from).FullName], module, count: 1);

            var split = new HeldOutDocuments(text);
            BertSentenceOptions sentence = SentenceVectors.Options(tokenizer, text, lastLayers: 1);
            var objective = new ContrastiveObjective(
                new SentencePairs(text, split.Train, tokenizer, new SentencePairOptions()),
                new SentencePairs(text, split.HeldOut, tokenizer, new SentencePairOptions()),
                tokenizer, new BagOfWords(sentence.TokenWeights!),
                new ContrastiveOptions
                {
                    EmbeddingsOnly = true, PairsPerBatch = arguments.GetValue(batch), BagOfWordsWeight = 0, Sentence = sentence, Seed =
                        arguments.GetValue(seed),
                });
            var options = new PretrainingOptions
            {
                OtherRate = 0,
                LearningRate = arguments.GetValue(learningRate),
                WarmupRatio = 0.02,
                MaxDuration = arguments.GetValue(duration),
                Workers = arguments.GetValue(workers),
                Seed = arguments.GetValue(seed),
                EvalSteps = 200,
            };
            return TrainingRun.Run(module, New, [objective], options, arguments.GetRequiredValue(output));

            BertForMaskedLM New() => new(config, ScalarType.Float32);
        });
        return command;
    }
}
