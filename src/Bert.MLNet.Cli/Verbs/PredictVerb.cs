using System.CommandLine;
using System.Text.Json;
using Bert.MLNet.Cli.Datasets;
using Bert.MLNet.Cli.Files;
using Bert.MLNet.Cli.Tables;
using Bert.MLNet.Cli.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>predict</c>: predicts texts and pairs with a trained model.</summary>
internal static class PredictVerb
{
    public static Command Create(ToolStreams streams)
    {
        var model = new Option<string>("--model") { Description = "A model.zip that this tool trained.", Required = true };
        var device = new DeviceOption();
        var job = new LineJob();
        var command = new Command(
            "predict", "Predicts with a trained model: label, scores by label and whether the text has one of them, score, entities, or " +
            "answers (text is the question, pair is the context), or a text that the model writes.") { model };
        job.AddTo(command);
        device.AddTo(command);
        command.SetAction((arguments, cancellation) =>
        {
            MLContext ml = device.CreateContext(arguments);
            string path = arguments.GetRequiredValue(model);
            ITransformer transformer = ModelFile.Open(ml, path, out DataViewSchema? schema);
            DataViewSchema columns = transformer.GetOutputSchema(schema ?? new DataViewSchema.Builder().ToSchema());
            if (columns.GetColumnOrNull(nameof(FoundEntities.EntityStarts)) is not null)
                return Run<NamedEntityRow, FoundEntities>(line => new NamedEntityRow { Text = line.Text("text") ?? "" }, Write);
            if (columns.GetColumnOrNull(nameof(FoundAnswers.AnswerStart)) is not null)
                return Run<QuestionAnswerRow, FoundAnswers>(
                    line => new QuestionAnswerRow
                    {
                        Question = line.Text(line.FirstOf("question", "text")) ?? "",
                        Context = line.Text(line.FirstOf("context", "pair")) ?? "",
                    }, Write, needsPair: true);
            if (columns.GetColumnOrNull(nameof(WrittenText.PredictedText)) is not null)
                return Run<SourceRow, Written>(
                    line => new SourceRow { Source = line.Text(line.FirstOf("source", "text")) ?? "" },
                    (json, row) => json.WriteString("prediction", row.PredictedText));
            if (columns.GetColumnOrNull("Score") is not { } score)
                throw new InvalidDataException($"The model '{path}' has no column Score. Use a model that this tool trained.");
            if (score.Type is not VectorDataViewType)
                return Run<LabelledRow, Scored>(Row, (json, row) => json.WriteNumber("score", row.Score));
            VBuffer<ReadOnlyMemory<char>> names = default;
            score.GetSlotNames(ref names);
            string[] labels = [.. names.DenseValues().Select(name => name.ToString())];
            return columns.GetColumnOrNull(nameof(ScopedLabels.IsInScope)) is null
                ? Run<LabelledRow, ScoredLabels>(Row, (json, row) => row.Write(json, labels))
                : Run<LabelledRow, ScopedLabels>(Row, (json, row) => row.Write(json, labels));

            Task<int> Run<TInput, TOutput>(Func<JsonLine, TInput> read, Action<Utf8JsonWriter, TOutput> write, bool needsPair = false)
                where TInput : class
                where TOutput : class, new()
            {
                using var pipeline = new LinePipeline<TInput, TOutput>(ml, _ => transformer);
                return Task.FromResult(job.Run(
                    arguments, streams, () => RunIdentity.HashOf(path), lines =>
                        pipeline.Run(lines, line => [read(line)]).Select(row => new Answer(row.Line, json => write(json, row.Row))),
                        cancellation, TrainedColumns.Of(schema), needsPair));
            }
        });
        return command;
    }

    private static LabelledRow Row(JsonLine line) => new() { Sentence1 = line.Text("text") ?? "", Sentence2 = line.Text("pair") ?? "" };

    private static void Write(Utf8JsonWriter json, FoundEntities row)
    {
        json.WriteStartArray("entities");
        for (int i = 0; i < row.Entities.Length; i++)
        {
            json.WriteStartObject();
            json.WriteString("text", row.Entities[i]);
            json.WriteString("type", row.EntityTypes[i]);
            WritePlace(json, row.EntityStarts[i], row.EntityEnds[i], row.EntityScores[i]);
        }
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, FoundAnswers row)
    {
        json.WriteStartArray("answers");
        for (int i = 0; i < row.Answer.Length; i++)
        {
            json.WriteStartObject();
            json.WriteString("text", row.Answer[i]);
            WritePlace(json, row.AnswerStart[i], row.AnswerEnd[i], row.Score[i]);
        }
        json.WriteEndArray();
    }

    private static void WritePlace(Utf8JsonWriter json, int start, int end, float score)
    {
        json.WriteNumber("start", start);
        json.WriteNumber("end", end);
        json.WriteNumber("score", score);
        json.WriteEndObject();
    }

    private sealed class Written
    {
        public string PredictedText { get; set; } = "";
    }

    private sealed class Scored
    {
        public float Score { get; set; }
    }
}
