using System.CommandLine;
using Bert.MLNet.Cli.Files;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>zero-shot</c>: classifies texts by labels that the checkpoint was not trained for.</summary>
internal static class ZeroShotVerb
{
    private const StringSplitOptions Split = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;

    public static Command Create(ToolStreams streams)
    {
        var defaults = new BertZeroShotClassifierEstimator.Options();
        Option<string> model = CommonOptions.Model();
        var device = new DeviceOption();
        var labels = new Option<string>("--labels") { Description = "The labels to choose from, separated by commas.", Required = true };
        CommonOptions.Require(labels, value => LabelsOf(value).Length > 0, "one label or several, separated by commas");
        var template = new Option<string>("--hypothesis-template")
        {
            Description = "The statement about each text that the checkpoint judges, with {} in place of the label.",
            DefaultValueFactory = _ => defaults.HypothesisTemplate,
        };
        var multiLabel = new Option<bool>("--multi-label")
        {
            Description = "Whether any number of labels can be true. Otherwise, the scores add up to 1.",
        };
        Option<int?> maxLength = CommonOptions.MaxLength();
        var job = new LineJob();
        var command = new Command(
            "zero-shot", "Classifies texts by any labels, with a checkpoint for natural language inference (NLI): label and scores by " +
            "label.") { model, labels, template, multiLabel, maxLength };
        job.AddTo(command);
        device.AddTo(command);
        command.SetAction(async (arguments, cancellation) =>
        {
            BertModel bert = device.Place(arguments, await Checkpoint.OpenAsync(arguments.GetRequiredValue(model), cancellation));
            var ml = new MLContext();
            var options = new BertZeroShotClassifierEstimator.Options
            {
                Model = bert,
                InputColumnName = nameof(TextInput.Text),
                CandidateLabels = LabelsOf(arguments.GetRequiredValue(labels)),
                HypothesisTemplate = arguments.GetValue(template)!,
                MultiLabel = arguments.GetValue(multiLabel),
                MaxLength = arguments.GetValue(maxLength),
            };
            using var pipeline = new LinePipeline<TextInput, ScoredLabels>(
                ml, texts => ml.Transforms.Text.ApplyBertZeroShotClassifier(options).Fit(texts));
            return job.Run(arguments, streams, () => bert.ContentHash, lines => pipeline.Run(lines, TextInput.Of)
                .Select(row => new Answer(row.Line, json => row.Row.Write(json, options.CandidateLabels))), cancellation);
        });
        return command;
    }

    private static string[] LabelsOf(string? labels) => [.. (labels ?? "").Split(',', Split).Distinct()];
}
