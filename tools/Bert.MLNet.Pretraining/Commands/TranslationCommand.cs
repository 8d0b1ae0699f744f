using System.CommandLine;
using Bert.MLNet.Pretraining.Translation;
using Microsoft.ML;
using static Bert.MLNet.Pretraining.Commands.WriterOptions;

namespace Bert.MLNet.Pretraining.Commands;

/// <summary><c>translation</c>: trains a small translator from pairs of texts.</summary>
internal static class TranslationCommand
{
    public static Command Create()
    {
        Option<DirectoryInfo> datasets = CommandOptions.Datasets();
        Option<string> dataset = Value(
            "--dataset", "The data set's folder, with train.LANGUAGE and val.LANGUAGE, plain or .gz.", "multi30k");
        Option<string> source = Value("--source", "The language of the sources.", "en");
        Option<string> target = Value("--target", "The language of the targets.", "de");
        Option<int?> rows = new("--rows") { Description = "The number of training rows. Default: all." };
        Option<int?> validationRows = new("--validation-rows") { Description = "The number of validation rows. Default: all." };
        Option<DirectoryInfo?> model = new("--model") { Description = "A model folder for the encoder. Default: random weights." };
        Option<bool> randomEncoder = new("--random-encoder")
        {
            Description = "Whether the encoder has the shape and vocabulary of --model, but random weights, for comparison.",
        };
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
        Option<int> shown = Value("--show", "The number of translations to print, and to write to the model card.", 5);
        Option<bool> evaluateOnly = new("--evaluate-only")
        {
            Description = "Whether to evaluate the model in --output, which this command trained, and write its card again.",
        };
        Option<string?> machine = new("--trained-on")
        {
            Description = "The machine and the time of the training for the model card. Default: this machine and the time of this run.",
        };
        Option<string> output = CommandOptions.Output("The model folder to write, with F16 weights and a model card.");
        var training = new WriterOptions(
            epochs: 40, learningRate: 1e-3, dropout: 0.2, BertTextMetric.Bleu, maxLength: 80, noRepeatNgramSize: 0);
        var command = new Command(
            "translation", "Trains a translator on pairs of texts, saves it, and prints BLEU and chrF of the validation rows. Ctrl-C " +
            "saves the best epoch so far.")
        {
            datasets, dataset, source, target, rows, validationRows, model, randomEncoder, decoderFromModel, shares, joint, vocabulary,
            size, encoderLayers, decoderLayers, hidden, heads, intermediate, positions, initializer, shown, evaluateOnly, machine, output,
        };
        training.AddTo(command);
        command.SetAction((arguments, cancellation) =>
        {
            string folder = Path.Combine(arguments.GetRequiredValue(datasets).FullName, arguments.GetRequiredValue(dataset));
            TranslatedRow[] Read(string part, int? count) => ParallelTexts.Read(
                folder, part, arguments.GetRequiredValue(source), arguments.GetRequiredValue(target), count);
            TranslatedRow[] train = Read("train", arguments.GetValue(rows)), val = Read("val", arguments.GetValue(validationRows));
            string saved = arguments.GetRequiredValue(output);
            var translator = new Translator(new MLContext(training.Seed(arguments)), Console.Out);
            if (!arguments.GetValue(evaluateOnly))
            {
                BertModel start = new TranslationStart
                {
                    Model = arguments.GetValue(model)?.FullName,
                    RandomEncoder = arguments.GetValue(randomEncoder),
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
                    Seed = training.Seed(arguments),
                }.Create(train, training.Generation(arguments));
                using CancellationTokenSource limit = training.Limit(arguments, cancellation);
                translator.Train(training.Training(arguments, start, training.Checkpoints(arguments), limit.Token), train, val)
                    .SavePretrained(saved);
            }
            BertModel trained = BertModel.FromPretrained(saved);
            TranslatedTexts texts = translator.Evaluate(trained, val, arguments.GetValue(shown));
            new TranslationCard
            {
                Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(saved)),
                Source = arguments.GetRequiredValue(source),
                Target = arguments.GetRequiredValue(target),
                Dataset = arguments.GetRequiredValue(dataset),
                Rows = train.Length,
                Training = arguments.GetValue(machine) ?? TranslationCard.OnThisMachine(translator.TrainingTime),
                Command = TranslationCard.CommandOf(
                    [.. arguments.Tokens.Select(token => token.Value)],
                    (datasets.Name, "DATASETS"), ("--checkpoints", "CHECKPOINTS"), (output.Name, "OUTPUT"), (model.Name, "MODEL")),
                OtherTexts = translator.Translate(trained, TranslationCard.TextsOfOtherKinds(arguments.GetRequiredValue(source))),
            }.Write(trained, texts, arguments.GetValue(shown), saved);
            return Task.CompletedTask;
        });
        return command;
    }
}
