using System.CommandLine;
using Bert.MLNet.Cli.Files;
using Bert.MLNet.Cli.Training;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>summarize</c>: summarizes texts by their most central sentences, or in new words.</summary>
internal static class SummarizeVerb
{
    public static Command Create(ToolStreams streams)
    {
        var defaults = new BertExtractiveSummarizerEstimator.Options();
        Option<string> model = CommonOptions.Model();
        var device = new DeviceOption();
        var method = new SummaryMethod(
            "How summaries are made: extractive picks sentences of the text, without training or with a checkpoint from 'summarization " +
            "--method extractive'; abstractive writes new ones, with a checkpoint that has a decoder, such as one from 'summarization'.",
            SummaryMethod.Extractive);
        var sentences = new Option<int?>("--sentences")
        {
            Description = "The number of sentences of a summary. Default: 3, unless --share or --max-tokens is used.",
        };
        CommonOptions.Require(sentences, value => value is null or >= 1, "at least 1");
        var share = new Option<float?>("--share") { Description = "The share of the sentences of a text, such as 0.2." };
        CommonOptions.Require(share, value => value is null or > 0 and <= 1, "greater than 0 and at most 1");
        var tokens = new Option<int?>("--max-tokens") { Description = "The maximum number of tokens of a summary." };
        CommonOptions.Require(tokens, value => value is null or >= 1, "at least 1");
        var diversity = new Option<float>("--diversity")
        {
            Description = "The weight of being different from the sentences already picked, 0 to 1.",
            DefaultValueFactory = _ => defaults.Diversity,
        };
        CommonOptions.Require(diversity, value => value is >= 0 and <= 1, "from 0 to 1");
        var threshold = new Option<float?>("--threshold")
        {
            Description = "The cosine above which sentences support each other, all alike. Default: in proportion to their cosine.",
        };
        CommonOptions.Require(threshold, value => value is null or >= 0 and <= 1, "from 0 to 1");
        var position = new Option<float>("--position-weight")
        {
            Description = "The weight of standing near the start of the text, 0 to 1; for news, 0.5.",
            DefaultValueFactory = _ => defaults.PositionWeight,
        };
        CommonOptions.Require(position, value => value is >= 0 and <= 1, "from 0 to 1");
        Option<int?> maxLength = CommonOptions.MaxLength();
        var writing = new WritingOptions();
        var job = new LineJob();
        var command = new Command(
            "summarize", "Summarizes texts: summary, and its sentences with index, score and position, or its score if it is written in " +
            "new words.")
        {
            model, maxLength,
        };
        method.AddTo(command, [sentences, share, tokens, diversity, threshold, position], writing.All);
        command.Validators.Add(result =>
        {
            if (new Option[] { sentences, share, tokens }.Count(option => result.GetResult(option) is { Implicit: false }) > 1)
                result.AddError("Use only one of --sentences, --share and --max-tokens.");
        });
        job.AddTo(command);
        device.AddTo(command);
        command.SetAction(async (arguments, cancellation) =>
        {
            BertModel bert = device.Place(arguments, await Checkpoint.OpenAsync(arguments.GetRequiredValue(model), cancellation));
            if (!method.IsExtractive(arguments))
                return writing.Run(
                    job, arguments, streams, bert, arguments.GetValue(maxLength), ("summary", "summaries"), cancellation);
            var ml = new MLContext();
            var options = defaults with
            {
                Model = bert,
                NumberOfSentences = arguments.GetValue(sentences),
                Share = arguments.GetValue(share),
                MaximumTokens = arguments.GetValue(tokens),
                Diversity = arguments.GetValue(diversity),
                SimilarityThreshold = arguments.GetValue(threshold),
                PositionWeight = arguments.GetValue(position),
                MaxLength = arguments.GetValue(maxLength),
            };
            using var pipeline = new LinePipeline<TextInput, SummarizedText>(
                ml, texts => ml.Transforms.Text.ApplyBertExtractiveSummarizer(options).Fit(texts));
            return job.Run(arguments, streams, () => bert.ContentHash, lines => pipeline.Run(lines, TextInput.Of)
                .Select(row => new Answer(row.Line, row.Row.Write)), cancellation);
        });
        return command;
    }
}
