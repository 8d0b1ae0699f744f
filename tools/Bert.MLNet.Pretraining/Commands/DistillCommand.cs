using System.CommandLine;
using Bert.MLNet.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Pretraining.Commands;

/// <summary><c>distill</c>: trains the vectors of texts on those of a teacher.</summary>
internal static class DistillCommand
{
    public static Command Create()
    {
        Option<FileInfo> sentences = CommandOptions.Sentences();
        Option<FileInfo> vectors = CommandOptions.Vectors();
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
        var maskedWords = new MaskedWordsBeside(defaultTokens: 2048, defaultWeight: 0.1);
        Option<int> layers = SentenceVectors.LastLayers();
        Option<double> wordsRate = CommandOptions.WordEmbeddingsRate();
        Option<ScalarType?> precision = CommandOptions.Precision();
        Option<string> device = CommandOptions.Device();
        Option<int> workers = CommandOptions.Workers();
        Option<int> seed = CommandOptions.Seed();
        Option<string> output = CommandOptions.Output("The folder for checkpoints and the log. A stopped run continues from there.");
        var command = new Command("distill", "Trains vectors on those of a teacher, together with masked language modeling.")
        {
            sentences, vectors, corpus, vocabulary, from, duration, learningRate, texts, maxTokens, rankingWeight, tableTexts, tableWeight,
            layers, wordsRate, precision, device, workers, seed, output,
        };
        maskedWords.AddTo(command);
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
                arguments.GetRequiredValue(sentences).FullName, arguments.GetRequiredValue(vectors).FullName, tokenizer, config.HiddenSize,
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
            objectives.Add(maskedWords.Create(arguments, text, tokenizer, place, chance, orderSeed: chance + 2));
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
