using System.CommandLine;
using Bert.MLNet.Pretraining.Evaluation;

namespace Bert.MLNet.Pretraining.Commands;

/// <summary><c>evaluate</c>: frozen vectors on similarity and sentiment, beside n-grams, random weights and shared rare words.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        Option<DirectoryInfo> model = new Option<DirectoryInfo>("--model") { Description = "A model folder.", Required = true }.AcceptExistingOnly();
        Option<DirectoryInfo> datasets = new Option<DirectoryInfo>("--datasets") { Description = "Folder with stsb, sst2 and yelp.", Required = true }.AcceptExistingOnly();
        Option<FileInfo?> corpus = new("--corpus") { Description = "Tokenized text for the frequencies of the control." };
        Option<int> rows = new("--sst2-rows") { Description = "Training rows of SST-2; all by default.", DefaultValueFactory = _ => int.MaxValue };
        Option<bool> quick = new("--quick") { Description = "Only the model, without what it is compared with." };
        Option<bool> int8 = new("--int8") { Description = "The model in int8 besides." };
        Option<BertPooling?> pooling = new("--pooling") { Description = "Vectors pooled so besides, in which all tokens count the same, such as 'LastLayersMean, Max'." };
        var command = new Command("evaluate", "Measures frozen sentence vectors on STS-B, SST-2 and yelp, in one run with their controls.") { model, datasets, corpus, rows, quick, int8, pooling };
        command.SetAction(arguments =>
        {
            BertModel checkpoint = BertModel.FromPretrained(arguments.GetRequiredValue(model).FullName);
            string folder = arguments.GetRequiredValue(datasets).FullName;
            var data = new EvaluationData(folder, arguments.GetValue(rows));
            data.Print(checkpoint.Name, TextVectors.Of(checkpoint));
            if (arguments.GetValue(int8))
                data.Print($"{checkpoint.Name}, int8", TextVectors.Of(checkpoint.Quantize()));
            if (arguments.GetValue(pooling) is { } asked)
                data.Print($"{checkpoint.Name}, {asked}", TextVectors.Of(checkpoint.WithSentence(checkpoint.Sentence with { Pooling = asked, TokenWeights = null })));
            if (arguments.GetValue(quick))
                return;
            data.Print("random weights of the same shape", TextVectors.Of(TextVectors.Random(checkpoint)));
            if (arguments.GetValue(corpus) is { } file)
                data.PrintSimilarity("random vectors of tokens, SIF", TextVectors.RandomWithFrequencyWeights(checkpoint.Tokenizer, TokenCorpus.Load(file.FullName), checkpoint.Config.HiddenSize));
            data.Print("FeaturizeText (n-grams)", embed: null);
        });
        return command;
    }
}
