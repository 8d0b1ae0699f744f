using System.CommandLine;
using System.Text.Json;
using Bert.MLNet.Cli.Files;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>fill-mask</c>: predicts the words for each mask.</summary>
internal static class FillMaskVerb
{
    public static Command Create(ToolStreams streams)
    {
        Option<string> model = CommonOptions.Model();
        var device = new DeviceOption();
        Option<int> top = CommonOptions.TopK("The number of words to return for each mask.");
        var job = new LineJob();
        var command = new Command(
            "fill-mask", "Predicts the words for [MASK]: masks, a list of words for each mask, with token, score and the filled " +
            "text.") { model, top };
        job.AddTo(command);
        device.AddTo(command);
        command.SetAction(async (arguments, cancellation) =>
        {
            BertModel bert = device.Place(arguments, await Checkpoint.OpenAsync(arguments.GetRequiredValue(model), cancellation));
            int topK = Math.Min(arguments.GetValue(top), bert.Tokenizer.Vocabulary.Size);
            var ml = new MLContext();
            var options = new BertFillMaskEstimator.Options { InputColumnName = nameof(TextInput.Text), TopK = topK };
            using var pipeline = new LinePipeline<TextInput, Guesses>(
                ml, texts => ml.Transforms.Text.ApplyBertFillMask(options with { Model = bert }).Fit(texts));
            return job.Run(arguments, streams, () => bert.ContentHash, lines =>
                pipeline.Run(lines, TextInput.Of).Select(row => new Answer(row.Line, json => Write(json, row.Row, topK))), cancellation);
        });
        return command;
    }

    private static void Write(Utf8JsonWriter json, Guesses row, int topK)
    {
        json.WriteStartArray("masks");
        for (int start = 0; start < row.MaskTokens.Length; start += topK)
        {
            json.WriteStartArray();
            for (int i = start; i < start + topK; i++)
            {
                json.WriteStartObject();
                json.WriteString("token", row.MaskTokens[i].Span);
                json.WriteNumber("score", row.MaskScores[i]);
                json.WriteString("text", row.FilledTexts[i].Span);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }

    private sealed class Guesses
    {
        public ReadOnlyMemory<char>[] MaskTokens { get; set; } = [];

        public float[] MaskScores { get; set; } = [];

        public ReadOnlyMemory<char>[] FilledTexts { get; set; } = [];
    }
}
