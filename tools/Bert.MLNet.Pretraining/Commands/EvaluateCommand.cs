using System.CommandLine;
using Bert.MLNet.Pretraining.Evaluation;

namespace Bert.MLNet.Pretraining.Commands;

/// <summary>
/// <c>evaluate</c>: compares frozen vectors with n-grams, random weights and shared rare words, on similarity and sentiment.
/// </summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        Option<DirectoryInfo> model =
            new Option<DirectoryInfo>("--model") { Description = "A model folder.", Required = true }.AcceptExistingOnly();
        Option<DirectoryInfo> datasets =
            new Option<DirectoryInfo>(
                "--datasets") { Description = "The folder with stsb, sst2 and yelp.", Required = true }.AcceptExistingOnly();
        Option<FileInfo?> corpus = new("--corpus") { Description = "A tokenized text for the token frequencies of the baseline." };
        Option<int> rows = new("--sst2-rows")
        {
            Description = "The number of training rows of SST-2. Default: all.",
            DefaultValueFactory = _ => int.MaxValue,
        };
        Option<bool> quick = new("--quick") { Description = "Evaluate only the model, without baselines." };
        Option<bool> int8 = new("--int8") { Description = "Also evaluate the model in int8." };
        Option<BertPooling?> pooling = new("--pooling")
        {
            Description = "An additional pooling with equal token weights, such as 'LastLayersMean, Max'.",
        };
        var command = new Command(
            "evaluate", "Evaluates frozen sentence vectors on STS-B, SST-2 and yelp, in one run with their baselines.") { model, datasets,
            corpus, rows, quick, int8, pooling };
        command.SetAction(arguments =>
        {
            BertModel checkpoint = BertModel.FromPretrained(arguments.GetRequiredValue(model).FullName);
            string folder = arguments.GetRequiredValue(datasets).FullName;
            var data = new EvaluationData(folder, arguments.GetValue(rows));
            data.Print(checkpoint.Name, TextVectors.Of(checkpoint));
            if (arguments.GetValue(int8))
                data.Print($"{checkpoint.Name}, int8", TextVectors.Of(checkpoint.Quantize()));
            if (arguments.GetValue(pooling) is { } asked)
                data.Print($"{checkpoint.Name}, {asked}",
                    TextVectors.Of(checkpoint.WithSentence(checkpoint.Sentence with { Pooling = asked, TokenWeights = null })));
            if (arguments.GetValue(quick))
                return;
            data.Print("random weights of the same shape", TextVectors.Of(TextVectors.Random(checkpoint)));
            if (arguments.GetValue(corpus) is { } file)
                data.PrintSimilarity("random vectors of tokens, SIF",
                    TextVectors.RandomWithFrequencyWeights(
                    checkpoint.Tokenizer, TokenCorpus.Load(file.FullName), checkpoint.Config.HiddenSize));
            data.Print("FeaturizeText (n-grams)", embed: null);
        });
        return command;
    }
}
