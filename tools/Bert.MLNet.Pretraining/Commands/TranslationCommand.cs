using System.CommandLine;
using Bert.MLNet.Pretraining.Translation;
using Microsoft.ML;

namespace Bert.MLNet.Pretraining.Commands;

/// <summary><c>translation</c>: trains a small translator from pairs of texts.</summary>
internal static class TranslationCommand
{
    public static Command Create()
    {
        Option<DirectoryInfo> datasets = new Option<DirectoryInfo>("--datasets")
        {
            Description = "The folder with the data sets.",
            Required = true,
        }.AcceptExistingOnly();
        Option<string> dataset = Value(
            "--dataset", "The data set's folder, with train.LANGUAGE and val.LANGUAGE, plain or .gz.", "multi30k");
        Option<string> source = Value("--source", "The language of the sources.", "en");
        Option<string> target = Value("--target", "The language of the targets.", "de");
        Option<int?> rows = new("--rows") { Description = "The number of training rows. Default: all." };
        Option<int?> validationRows = new("--validation-rows") { Description = "The number of validation rows. Default: all." };
        Option<DirectoryInfo?> model = new("--model") { Description = "A model folder for the encoder. Default: random weights." };
        Option<bool> decoderFromModel = new("--decoder-from-model")
        {
            Description = "Whether the decoder starts from the encoder's weights, too, with its vocabulary.",
        };
        Option<bool> shares = new("--share-weights") { Description = "Whether encoder and decoder have the same weights." };
        Option<bool> joint = new("--joint") { Description = "Whether both languages have the same vocabulary." };
        Option<VocabularyKind> vocabulary = Value("--vocabulary", "How the vocabularies are learned.", VocabularyKind.Unigram);
        var defaults = new TranslationStart();
        Option<int> size = Value("--vocab-size", "The number of tokens of a vocabulary.", defaults.VocabSize);
        Option<int> encoderLayers = Value("--encoder-layers", "Layers of a random encoder.", defaults.EncoderLayers);
        Option<int> decoderLayers = Value("--decoder-layers", "Layers of a random decoder.", defaults.DecoderLayers);
        Option<int> hidden = Value("--hidden-size", "The size of hidden states.", defaults.HiddenSize);
        Option<int> heads = Value("--heads", "The number of attention heads.", defaults.Heads);
        Option<int> intermediate = Value("--intermediate-size", "The size of feed-forward layers.", defaults.IntermediateSize);
        Option<int> positions = Value("--positions", "The maximum number of tokens of a text.", defaults.Positions);
        Option<double> initializer = Value(
            "--initializer-range", "The standard deviation of random weights.", defaults.InitializerRange);
        Option<int> epochs = Value("--epochs", "The number of passes over the rows, over which the learning rate falls to zero.", 40);
        Option<TimeSpan?> duration = new("--duration")
        {
            Description = "The time after which training ends with the best epoch so far, such as 01:00:00. Default: none.",
        };
        Option<int> tokens = Value("--tokens-per-batch", "The maximum number of tokens in a batch, padding included.", 4096);
        Option<int> accumulation = Value("--accumulate", "The number of batches in an update.", 1);
        Option<double> rate = Value("--learning-rate", "The maximum learning rate.", 1e-3);
        Option<double> warmup = Value("--warmup", "The share of the training in which the learning rate rises.", 0.1);
        Option<double> decay = Value("--weight-decay", "The decay of weights.", 0.01);
        Option<double> dropout = Value("--dropout", "The dropout probability.", 0.2);
        Option<double> smoothing = Value("--label-smoothing", "The probability that is spread over the vocabulary.", 0.1);
        Option<int?> patience = new("--patience")
        {
            Description = "The number of epochs without improvement after which training stops. Default: never.",
        };
        Option<BertTextMetric> metric = Value("--metric", "How epochs are compared on validation rows.", BertTextMetric.Bleu);
        Option<BertPrecision> precision = Value("--precision", "The type of matrix products.", BertPrecision.Full);
        Option<int> beams = Value("--beams", "The number of beams of the saved model.", 4);
        Option<int> maxLength = Value("--max-length", "The maximum length of generated texts in tokens.", 80);
        Option<double> penalty = Value("--length-penalty", "The exponent of the length in scores.", 1.0);
        Option<int> logging = Value("--logging-steps", "The number of updates between two lines of progress.", 50);
        Option<int> shown = Value("--show", "The number of translations to print.", 5);
        Option<string> device = CommandOptions.Device();
        Option<int> workers = CommandOptions.Workers();
        Option<int> seed = CommandOptions.Seed();
        Option<string> checkpoints = new("--checkpoints")
        {
            Description = "The folder of checkpoints, from which the same command continues.",
            Required = true,
        };
        Option<string> output = CommandOptions.Output("The model folder to write, with F16 weights.");
        var command = new Command(
            "translation", "Trains a translator on pairs of texts, saves it, and prints BLEU and chrF of the validation rows. Ctrl-C " +
            "saves the best epoch so far.")
        {
            datasets, dataset, source, target, rows, validationRows, model, decoderFromModel, shares, joint, vocabulary, size,
            encoderLayers, decoderLayers, hidden, heads, intermediate, positions, initializer, epochs, duration, tokens, accumulation, rate,
            warmup, decay, dropout, smoothing, patience, metric, precision, beams, maxLength, penalty, logging, shown, device, workers,
            seed, checkpoints, output,
        };
        command.SetAction((arguments, cancellation) =>
        {
            string folder = Path.Combine(arguments.GetRequiredValue(datasets).FullName, arguments.GetRequiredValue(dataset));
            TranslatedRow[] Read(string part, int? count) => ParallelTexts.Read(
                folder, part, arguments.GetRequiredValue(source), arguments.GetRequiredValue(target), count);
            TranslatedRow[] train = Read("train", arguments.GetValue(rows)), val = Read("val", arguments.GetValue(validationRows));
            BertModel start = new TranslationStart
            {
                Model = arguments.GetValue(model)?.FullName,
                DecoderFromModel = arguments.GetValue(decoderFromModel),
                SharesEncoder = arguments.GetValue(shares),
                Joint = arguments.GetValue(joint),
                Vocabulary = arguments.GetValue(vocabulary),
                VocabSize = arguments.GetValue(size),
                EncoderLayers = arguments.GetValue(encoderLayers),
                DecoderLayers = arguments.GetValue(decoderLayers),
                HiddenSize = arguments.GetValue(hidden),
                Heads = arguments.GetValue(heads),
                IntermediateSize = arguments.GetValue(intermediate),
                Positions = arguments.GetValue(positions),
                InitializerRange = arguments.GetValue(initializer),
                Seed = arguments.GetValue(seed),
            }.Create(train, new BertGenerationOptions
            {
                NumBeams = arguments.GetValue(beams),
                MaxLength = arguments.GetValue(maxLength),
                LengthPenalty = arguments.GetValue(penalty),
            });
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            if (arguments.GetValue(duration) is { } time)
                limit.CancelAfter(time);
            var translator = new Translator(new MLContext(arguments.GetValue(seed)), Console.Out);
            BertModel trained = translator.Train(new SequenceToSequenceTrainer.Options
            {
                Model = start,
                MaxEpochs = arguments.GetValue(epochs),
                TokensPerBatch = arguments.GetValue(tokens),
                GradientAccumulationSteps = arguments.GetValue(accumulation),
                LearningRate = arguments.GetValue(rate),
                WarmupRatio = arguments.GetValue(warmup),
                WeightDecay = arguments.GetValue(decay),
                Dropout = arguments.GetValue(dropout),
                LabelSmoothingFactor = arguments.GetValue(smoothing),
                EarlyStoppingPatience = arguments.GetValue(patience),
                ValidationMetric = arguments.GetValue(metric),
                Precision = arguments.GetValue(precision),
                Device = arguments.GetRequiredValue(device),
                NumberOfThreads = arguments.GetValue(workers),
                LoggingSteps = arguments.GetValue(logging),
                CheckpointFolder = arguments.GetRequiredValue(checkpoints),
                CancellationToken = limit.Token,
            }, train, val);
            trained.SavePretrained(arguments.GetRequiredValue(output));
            translator.Evaluate(BertModel.FromPretrained(arguments.GetRequiredValue(output)), val, arguments.GetValue(shown));
            return Task.CompletedTask;
        });
        return command;
    }

    private static Option<T> Value<T>(string name, string description, T value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };
}
