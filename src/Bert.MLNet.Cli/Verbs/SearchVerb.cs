using System.CommandLine;
using Bert.MLNet.Cli.Bulk;
using Bert.MLNet.Cli.Files;
using Bert.MLNet.Cli.Messages;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>search</c>: finds the texts of a data set that are nearest to a query, with only the best in memory.</summary>
internal static class SearchVerb
{
    public static Command Create(ToolStreams streams)
    {
        Option<string> model = CommonOptions.Model(), output = CommonOptions.Output(), dataset = CommonOptions.Dataset();
        var device = new DeviceOption();
        PromptOption prompt = new("--prompt", "the query", "query"), documentPrompt =
            new("--document-prompt", "each text of the data set", "document", "passage", "corpus");
        var columns = new LineColumns.Options(hasPair: false);
        var query = new Argument<string>("query") { Description = "The text to search for." };
        Option<BertSimilarity?> similarity = CommonOptions.Similarity();
        Option<int> top = CommonOptions.TopK("The number of lines to return.");
        var command = new Command(
            "search", "Finds the lines whose texts are nearest to a query, the nearest first: score (the cosine from -1 to 1, or the " +
            "function of the checkpoint) and text.") { query, model, dataset, output, top, similarity };
        columns.AddTo(command);
        prompt.AddTo(command);
        documentPrompt.AddTo(command);
        device.AddTo(command);
        command.SetAction(async (arguments, cancellation) =>
        {
            BertModel bert = device.Place(arguments, await Checkpoint.OpenAsync(arguments.GetRequiredValue(model), cancellation));
            (string path, string source) = (arguments.GetRequiredValue(output), arguments.GetRequiredValue(dataset));
            Dataset? files = source == LineFile.Pipe ? null : Dataset.Open(source);
            Overwriting.Refuse(path, source);
            files?.RefuseOutput(path);
            LineColumns fields = columns.Of(arguments);
            using ResultFile? file = path == LineFile.Pipe ? null : ResultFile.Open(path, run: null);
            Stream stream = file?.Stream ?? new BufferedStream(streams.Out); // not disposed: standard output stays open
            using var writer = new JsonLinesWriter(stream);
            using var progress = new LineProgress(
                arguments, streams, 0,
                streams.Messages.IsQuiet(arguments) ? null : files?.Count(files.Whole, fields, cancellation));
            foreach ((JsonLine line, float score) in Nearest(
                bert, arguments.GetValue(similarity) ?? bert.Sentence.Similarity ?? BertSimilarity.Cosine,
                (arguments.GetRequiredValue(query), prompt.Of(arguments, bert)), LineFile.Read(source, streams, fields, cancellation),
                documentPrompt.Of(arguments, bert), arguments.GetValue(top), progress.Advance))
            {
                writer.Write(line, json =>
                {
                    json.WriteNumber("score", score);
                    json.WriteString("text", line.Text("text") ?? "");
                });
            }
            stream.Flush();
            file?.Commit();
            return ExitCode.Success;
        });
        return command;
    }

    private static Stack<(JsonLine Line, float Score)> Nearest(
        BertModel bert, BertSimilarity similarity, (string Text, string? Prompt) query, IEnumerable<JsonLine> lines, string? prompt,
        int count, Action advance)
    {
        float[] asked = Vectors([query.Text], text => text, query.Prompt).Single().Vector;
        var best = new PriorityQueue<(JsonLine Line, float Score), (float Score, long Place)>();
        long place = 0; // decreases, so that the first of equal lines are kept
        foreach ((JsonLine line, float[] vector) in Vectors(lines, line => line.Text("text") ?? "", prompt))
        {
            advance();
            float score = similarity.Compute(asked, vector);
            best.Enqueue((line, score), (score, --place));
            if (best.Count > count)
                best.Dequeue();
        }
        var nearest = new Stack<(JsonLine, float)>();
        while (best.TryDequeue(out (JsonLine, float) hit, out _))
            nearest.Push(hit);
        return nearest;

        IEnumerable<(TLine Line, float[] Vector)> Vectors<TLine>(IEnumerable<TLine> lines, Func<TLine, string> text, string? prompt)
        {
            var ml = new MLContext();
            using var pipeline = new LinePipeline<TextInput, EmbedVerb.Embedded>(ml, texts =>
                ml.Transforms.Text.ApplyBertEmbedding(
                    nameof(EmbedVerb.Embedded.Embedding), nameof(TextInput.Text), bert, prompt: prompt).Fit(texts));
            foreach ((TLine line, EmbedVerb.Embedded row) in pipeline.Run(lines, line => [new TextInput { Text = text(line) }]))
                yield return (line, row.Embedding);
        }
    }
}
