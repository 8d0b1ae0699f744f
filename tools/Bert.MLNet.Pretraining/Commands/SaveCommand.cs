using System.CommandLine;
using Bert.MLNet.Models;
using Bert.MLNet.Training;

namespace Bert.MLNet.Pretraining.Commands;

/// <summary><c>save</c>: saves a training's latest weights as a HuggingFace and sentence-transformers folder.</summary>
internal static class SaveCommand
{
    public static Command Create()
    {
        Option<DirectoryInfo[]> from = new Option<DirectoryInfo[]>("--from")
        {
            Description = "A folder of 'mlm' or 'contrastive'; the weights of several are averaged.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        }.AcceptExistingOnly();
        Option<FileInfo> corpus = CommandOptions.Corpus();
        Option<FileSystemInfo> vocabulary = CommandOptions.Vocabulary();
        Option<int> average = new("--average")
        {
            Description = "The number of latest checkpoints of each folder to average.",
            DefaultValueFactory = _ => 1,
        };
        Option<int> layers = SentenceVectors.LastLayers();
        Option<double[]> scales = new("--layer-scales")
        {
            Description = "The factors for the outputs of the embeddings and of each layer, so that some count more in the vector; " +
                "nothing else changes. Default: 1 each.",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<string> output = CommandOptions.Output("The model folder to write.");
        var command = new Command("save", "Writes the latest checkpoints as a model folder with F16 weights.")
        {
            from,
            corpus,
            vocabulary,
            average,
            layers,
            scales,
            output,
        };
        command.SetAction(arguments =>
        {
            TorchRuntime.EnsureLoaded();
            BertTokenizer tokenizer = CommandOptions.Tokenizer(arguments.GetRequiredValue(vocabulary));
            tokenizer = tokenizer.WithOptions(tokenizer.Options with { ModelMaxLength = 512 });
            var module = new BertForMaskedLM(Checkpoints.Shape(tokenizer));
            TrainingCheckpoint.LoadAverage(
                [.. arguments.GetRequiredValue(from).Select(folder => folder.FullName)], module, arguments.GetValue(average));
            if (arguments.GetValue(scales) is { Length: > 0 } factors)
                LayerScales.Apply(module, factors);
            TokenCorpus text = TokenCorpus.Load(arguments.GetRequiredValue(corpus).FullName);
            BertSentenceOptions sentence = SentenceVectors.Options(tokenizer, text, arguments.GetValue(layers));
            var model = new BertModel(Checkpoints.Shape(tokenizer, dropout: 0.1), tokenizer, module.ToWeights(TensorType.F16), sentence);
            model.SavePretrained(arguments.GetRequiredValue(output));
        });
        return command;
    }
}
