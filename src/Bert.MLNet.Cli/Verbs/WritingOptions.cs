using System.CommandLine;
using Bert.MLNet.Cli.Files;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Verbs;

/// <summary>The options of verbs that write a text for each line with a checkpoint that has a decoder.</summary>
internal sealed class WritingOptions
{
    private readonly GenerationOptions _generation = new();

    private readonly Option<int> _texts = new("--num-return-sequences")
    {
        Description = "The number of texts for each line, the best first; at most the number of beams.",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<bool> _refuse = new("--refuse-long-texts")
    {
        Description = "Whether a text that is longer than the checkpoint can read is an error. Otherwise, it is truncated.",
    };

    public WritingOptions() => CommonOptions.Require(_texts, value => value >= 1, "at least 1");

    /// <summary>The options.</summary>
    public IReadOnlyList<Option> All => [.. _generation.All, _texts, _refuse];

    /// <summary>Writes a text for each line.</summary>
    /// <param name="job">The lines.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="streams">The streams for lines and answers without a file.</param>
    /// <param name="bert">The checkpoint.</param>
    /// <param name="maxLength">The maximum number of tokens of a line; null for the checkpoint's.</param>
    /// <param name="fields">The fields of the best text, and of all if there are several.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    /// <exception cref="NotSupportedException">The checkpoint has no decoder.</exception>
    public int Run(LineJob job, ParseResult arguments, ToolStreams streams, BertModel bert, int? maxLength,
        (string Best, string All) fields, CancellationToken cancellation)
    {
        var options = new BertSequenceToSequenceEstimator.Options
        {
            Model = bert,
            InputColumnName = nameof(TextInput.Text),
            OutputColumnName = nameof(WrittenText.PredictedText),
            ScoreColumnName = nameof(WrittenText.Score),
            TextsColumnName = nameof(WrittenText.Texts),
            ScoresColumnName = nameof(WrittenText.Scores),
            MaxLength = maxLength,
            RefuseLongTexts = arguments.GetValue(_refuse),
            Generation = _generation.Of(arguments, bert.RequireDecoder().Generation) with
            {
                NumReturnSequences = arguments.GetValue(_texts),
            },
        };
        var ml = new MLContext();
        using var pipeline = new LinePipeline<TextInput, WrittenText>(
            ml, texts => ml.Transforms.Text.ApplyBertSequenceToSequence(options).Fit(texts));
        return job.Run(arguments, streams, () => bert.ContentHash, lines => pipeline.Run(lines, TextInput.Of)
            .Select(row => new Answer(row.Line, json => row.Row.Write(json, fields.Best, fields.All))), cancellation);
    }
}
