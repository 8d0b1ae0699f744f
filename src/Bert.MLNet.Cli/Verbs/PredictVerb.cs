using System.CommandLine;
using System.Text.Json;
using Bert.MLNet.Cli.Files;
using Bert.MLNet.Cli.Tables;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>predict</c>: what a trained model says of texts and pairs.</summary>
internal static class PredictVerb
{
    public static Command Create(ToolStreams streams)
    {
        var model = new Option<string>("--model") { Description = "A model.zip of text-classification or sentence-similarity.", Required = true };
        Option<string> output = CommonOptions.Output();
        var source = new LineSource();
        var command = new Command("predict", "Says of texts and pairs what a trained model learnt: label and scores by label, or score.") { model, output };
        source.AddTo(command);
        command.SetAction((arguments, cancellation) =>
        {
            var ml = new MLContext();
            ITransformer transformer = ml.Model.Load(arguments.GetRequiredValue(model), out DataViewSchema schema);
            DataViewSchema answers = transformer.GetOutputSchema(schema);
            if (answers.GetColumnOrNull("Score") is not { } score)
                throw new InvalidDataException($"'{arguments.GetRequiredValue(model)}' has no column Score. Give a model of text-classification or sentence-similarity.");
            using OutputFile file = OutputFile.Create(arguments.GetRequiredValue(output), streams);
            using var writer = new JsonLinesWriter(file.Stream);
            IEnumerable<JsonLine> lines = source.Read(arguments, streams, cancellation);
            if (score.Type is not VectorDataViewType)
            {
                foreach ((JsonLine line, Scored row) in LinePipeline.Run<JsonLine, LabelledRow, Scored>(ml, lines, Row, _ => transformer))
                    writer.Write(line, json => json.WriteNumber("score", row.Score));
            }
            else
            {
                VBuffer<ReadOnlyMemory<char>> names = default;
                score.GetSlotNames(ref names);
                string[] labels = [.. names.DenseValues().Select(name => name.ToString())];
                foreach ((JsonLine line, Classified row) in LinePipeline.Run<JsonLine, LabelledRow, Classified>(ml, lines, Row, _ => transformer))
                    writer.Write(line, json => Write(json, row, labels));
            }
            file.Commit();
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static LabelledRow[] Row(JsonLine line) => [new LabelledRow { Sentence1 = line.Text("text") ?? "", Sentence2 = line.Text("pair") ?? "" }];

    private static void Write(Utf8JsonWriter json, Classified row, string[] labels)
    {
        json.WriteString("label", row.PredictedLabel);
        json.WriteStartObject("scores");
        foreach ((string label, float score) in labels.Zip(row.Score))
            json.WriteNumber(label, score);
        json.WriteEndObject();
    }

    private sealed class Scored
    {
        public float Score { get; set; }
    }

    private sealed class Classified
    {
        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];
    }
}
