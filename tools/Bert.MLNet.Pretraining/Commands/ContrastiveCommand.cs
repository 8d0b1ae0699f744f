using System.CommandLine;
using Bert.MLNet.Tokenization;
using Bert.MLNet.Training;
using static TorchSharp.torch;

namespace Bert.MLNet.Pretraining.Commands;

/// <summary><c>contrastive</c>: trains the vectors of texts.</summary>
internal static class ContrastiveCommand
{
    public static Command Create()
    {
        Option<FileInfo> corpus = CommandOptions.Corpus();
        Option<FileSystemInfo> vocabulary = CommandOptions.Vocabulary();
        Option<DirectoryInfo> from = CommandOptions.From();
        Option<TimeSpan> duration = CommandOptions.Duration();
        Option<double> learningRate = new("--learning-rate") { DefaultValueFactory = _ => 4e-4 };
        Option<double> temperature = new("--temperature") { Description = "The divisor of cosines.", DefaultValueFactory = _ => 0.05 };
        Option<int> batch = new("--pairs")
        {
            Description = "The number of pairs to distinguish from each other.",
            DefaultValueFactory = _ => 64,
        };
        Option<double> wordsWeight = new("--words-weight")
        {
            Description = "The loss weight of predicting a text's words from its vector.",
            DefaultValueFactory = _ => 2,
        };
        var maskedWords = new MaskedWordsBeside(defaultTokens: 4096, defaultWeight: 1);
        Option<double> pairsWeight = new("--pairs-weight")
        {
            Description = "The loss weight of predicting masked words of two texts in one row.",
            DefaultValueFactory = _ => 0.5,
        };
        Option<int> tablePairs = new("--embeddings-pairs")
        {
            Description = "The number of additional pairs for the embeddings alone, before any layer; 0 for none.",
            DefaultValueFactory = _ => 512,
        };
        Option<double> tableWeight = new("--embeddings-weight")
        {
            Description = "The loss weight of these pairs.",
            DefaultValueFactory = _ => 1,
        };
        Option<int> layers = SentenceVectors.LastLayers();
        Option<double> wordsRate = CommandOptions.WordEmbeddingsRate();
        Option<ScalarType?> precision = CommandOptions.Precision();
        Option<string> device = CommandOptions.Device();
        Option<int> workers = CommandOptions.Workers();
        Option<int> seed = CommandOptions.Seed();
        Option<string> output = CommandOptions.Output("The folder for checkpoints and the log. A stopped run continues from there.");
        var command = new Command("contrastive", "Trains similar vectors for texts that belong together.")
        {
            corpus, vocabulary, from, duration, learningRate, temperature, batch, wordsWeight, pairsWeight, tablePairs,
            tableWeight, layers, wordsRate, precision, device, workers, seed, output,
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

            var split = new HeldOutDocuments(text);
            int chance = arguments.GetValue(seed);
            var pairOptions = new SentencePairOptions();
            var pairs = new SentencePairs(text, split.Train, tokenizer, pairOptions);
            var heldOutPairs = new SentencePairs(text, split.HeldOut, tokenizer, pairOptions);
            BertSentenceOptions sentence = SentenceVectors.Options(tokenizer, text, arguments.GetValue(layers));
            var contrastiveOptions = new ContrastiveOptions
            {
                Temperature = arguments.GetValue(temperature),
                PairsPerBatch = arguments.GetValue(batch),
                BagOfWordsWeight = arguments.GetValue(wordsWeight),
                Sentence = sentence,
                Seed = chance,
                BatchesPerStep = place is null ? 2 : 1,
            };
            var contrastive = new ContrastiveObjective(
                pairs, heldOutPairs, tokenizer, new BagOfWords(sentence.TokenWeights!), contrastiveOptions);
            MaskedLanguageModelObjective mlm = maskedWords.Create(arguments, text, tokenizer, place, chance, orderSeed: chance + 1);
            var maskedPairs = new MaskedPairsObjective(
                pairs, heldOutPairs, tokenizer, new WholeWordMasking(tokenizer, MaskedWordsBeside.Probability),
                MaskedWordsBeside.Probability, chance + 2, arguments.GetValue(pairsWeight), place is null ? 16 : 256);
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
            List<PretrainingObjective> objectives = [contrastive, mlm, maskedPairs];
            if (arguments.GetValue(tablePairs) is > 0 and int many)
            {
                objectives.Add(new ContrastiveObjective(pairs, heldOutPairs, tokenizer, new BagOfWords(sentence.TokenWeights!),
                    contrastiveOptions with
                    {
                        EmbeddingsOnly = true,
                        PairsPerBatch = many,
                        BatchesPerStep = 1,
                        BagOfWordsWeight = 0,
                        Seed = chance + 3,
                    }, arguments.GetValue(tableWeight)));
            }
            return TrainingRun.Run(module, New, objectives, options, arguments.GetRequiredValue(output), place);

            BertForMaskedLM New() => new(config, type);
        });
        return command;
    }
}
