using System.CommandLine;
using Bert.MLNet.Tokenization;
using Bert.MLNet.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Pretraining.Commands;

/// <summary><c>distill</c>: trains the vectors of texts on those of a teacher.</summary>
internal static class DistillCommand
{
    private const double MlmProbability = 0.2;

    public static Command Create()
    {
        Option<FileInfo> lines = new Option<FileInfo>("--sentences")
        {
            Description = "The texts, from 'sentences'.",
            Required = true,
        }.AcceptExistingOnly();
        Option<FileInfo> taught = new Option<FileInfo>("--vectors")
        {
            Description = "The teacher's vectors of these texts, a Parquet file from 'bert-mlnet embed'.",
            Required = true,
        }.AcceptExistingOnly();
        Option<FileInfo> corpus = CommandOptions.Corpus();
        Option<FileSystemInfo> vocabulary = CommandOptions.Vocabulary();
        Option<DirectoryInfo> from = CommandOptions.From();
        Option<TimeSpan> duration = CommandOptions.Duration();
        Option<double> learningRate = new("--learning-rate") { DefaultValueFactory = _ => 1e-3 };
        Option<int> texts = new("--texts")
        {
            Description = "The number of texts per batch; an update has two batches.",
            DefaultValueFactory = _ => 128,
        };
        Option<int> maxTokens = new("--max-tokens")
        {
            Description = "Texts with more tokens are left out.",
            DefaultValueFactory = _ => 64,
        };
        Option<double> rankingWeight = new("--ranking-weight")
        {
            Description = "The loss weight of finding a text's own vector in the batch.",
            DefaultValueFactory = _ => 0.1,
        };
        Option<int> tableTexts = new("--embeddings-texts")
        {
            Description = "The number of additional texts for the embeddings alone, before any layer; 0 for none.",
            DefaultValueFactory = _ => 512,
        };
        Option<double> tableWeight = new("--embeddings-weight")
        {
            Description = "The loss weight of these texts.",
            DefaultValueFactory = _ => 0.5,
        };
        Option<int> tokens = new("--tokens-per-step")
        {
            Description = "The number of tokens per update of masked language modeling.",
            DefaultValueFactory = _ => 2048,
        };
        Option<double> mlmWeight = new("--mlm-weight")
        {
            Description = "The loss weight of masked language modeling.",
            DefaultValueFactory = _ => 0.1,
        };
        Option<int> layers = SentenceVectors.LastLayers();
        Option<double> wordsRate = CommandOptions.WordEmbeddingsRate();
        Option<ScalarType?> precision = CommandOptions.Precision();
        Option<string> device = CommandOptions.Device();
        Option<int> workers = CommandOptions.Workers();
        Option<int> seed = CommandOptions.Seed();
        Option<string> output = CommandOptions.Output("The folder for checkpoints and the log. A stopped run continues from there.");
        var command = new Command("distill", "Trains vectors on those of a teacher, together with masked language modeling.")
        {
            lines, taught, corpus, vocabulary, from, duration, learningRate, texts, maxTokens, rankingWeight, tableTexts, tableWeight,
            tokens, mlmWeight, layers, wordsRate, precision, device, workers, seed, output,
        };
        command.SetAction(arguments =>
        {
            TorchRuntime.EnsureLoaded();
            BertTokenizer tokenizer = CommandOptions.Tokenizer(arguments.GetRequiredValue(vocabulary));
            TokenCorpus text = TokenCorpus.Load(arguments.GetRequiredValue(corpus).FullName);
            Device? place = TrainingDevice.Open(arguments.GetRequiredValue(device));
            ScalarType type = CommandOptions.TypeOf(arguments.GetValue(precision), place);
            BertConfig config = Checkpoints.Shape(tokenizer);
            BertForMaskedLM module = New();
            TrainingCheckpoint.LoadAverage([arguments.GetRequiredValue(from).FullName], module, count: 1);

            int chance = arguments.GetValue(seed);
            TaughtTexts lessons = TaughtTexts.Read(
                arguments.GetRequiredValue(lines).FullName, arguments.GetRequiredValue(taught).FullName, tokenizer, config.HiddenSize,
                arguments.GetValue(maxTokens));
            BertSentenceOptions sentence = SentenceVectors.Options(tokenizer, text, arguments.GetValue(layers));
            lessons.Align(ids => functional.normalize(PaddedBatch.OfTexts(ids, tokenizer).Pooled(module.Bert, sentence), 2, 1));
            var lesson = new TeacherOptions
            {
                TextsPerBatch = arguments.GetValue(texts),
                RankingWeight = arguments.GetValue(rankingWeight),
                Sentence = sentence,
                Seed = chance,
            };
            List<PretrainingObjective> objectives = [new TeacherObjective(lessons, tokenizer, lesson)];
            if (arguments.GetValue(tableTexts) is > 0 and int many)
            {
                objectives.Add(new TeacherObjective(lessons, tokenizer, lesson with
                {
                    EmbeddingsOnly = true, TextsPerBatch = many, BatchesPerStep = 1, Seed = chance + 1,
                }, arguments.GetValue(tableWeight)));
            }
            if (arguments.GetValue(tokens) is > 0 and int read)
            {
                var split = new HeldOutDocuments(text);
                objectives.Add(new MaskedLanguageModelObjective(
                    new SequencePacker(text, split.Train, tokenizer, chance + 2), new SequencePacker(text, split.HeldOut, tokenizer, 1),
                    new WholeWordMasking(tokenizer, MlmProbability),
                    new MaskedLanguageModelOptions
                    {
                        TokensPerStep = read,
                        TokensPerBatch = CommandOptions.TokensPerBatch(read, place),
                        Seed = chance,
                        Phases = [(0, [(64, 0.7), (128, 0.2), (512, 0.1)])],
                    }, arguments.GetValue(mlmWeight)));
            }
            var options = new PretrainingOptions
            {
                WordEmbeddingsRate = arguments.GetValue(wordsRate),
                LearningRate = arguments.GetValue(learningRate),
                WarmupRatio = 0.02,
                MaxDuration = arguments.GetValue(duration),
                Workers = arguments.GetValue(workers),
                Seed = chance,
                EvalSteps = 200,
            };
            return TrainingRun.Run(module, New, objectives, options, arguments.GetRequiredValue(output), place);

            BertForMaskedLM New() => new(config, type);
        });
        return command;
    }
}
