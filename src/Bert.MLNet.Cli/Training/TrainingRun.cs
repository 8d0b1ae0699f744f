using System.CommandLine;
using System.Text.Json.Nodes;
using Bert.MLNet.Cli.Messages;
using Bert.MLNet.Cli.Tables;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Cli.Training;

/// <summary>The rows of a training.</summary>
internal sealed record TrainingRows<TRow>(TRow[] Train, TRow[] Validation, TRow[] Test);

/// <summary>What a training is told besides its rows.</summary>
/// <param name="Progress">Where it reports.</param>
/// <param name="Cancellation">Ends it with what it has.</param>
internal sealed record TrainingWatch(IProgress<TrainingProgress> Progress, CancellationToken Cancellation);

/// <summary>What all trainings do: read rows, train, measure, save.</summary>
internal static class TrainingRun
{
    /// <summary>Trains on a table of labels what <paramref name="fit"/> makes of the rows: the steps of the model.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static Task<int> RunAsync(
        TrainingOptions options, ParseResult arguments, ToolStreams streams, bool isScore,
        Func<MLContext, BertModel, TrainingRows<LabelledRow>, TrainingWatch, ITransformer[]> fit, CancellationToken cancellation) =>
        RunAsync(options, arguments, streams, path => options.Table.Read(arguments, streams, path, isScore), fit, cancellation);

    /// <summary>Trains on the rows that <paramref name="read"/> makes of a file.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync<TRow>(
        TrainingOptions options, ParseResult arguments, ToolStreams streams, Func<string, TRow[]> read,
        Func<MLContext, BertModel, TrainingRows<TRow>, TrainingWatch, ITransformer[]> fit, CancellationToken cancellation)
        where TRow : class
    {
        TrainingRows<TRow> rows = options.ReadRows(arguments, read);
        BertModel bert = await options.OpenModelAsync(arguments, cancellation);
        var ml = new MLContext(options.Seed(arguments));
        using CancellationTokenSource limit = options.Limit(arguments, cancellation);
        ITransformer[] steps;
        using (var reports = new TrainingReports(arguments, streams))
            steps = fit(ml, bert, rows, new TrainingWatch(reports, limit.Token));
        using var model = new TransformerChain<ITransformer>(steps);

        var metrics = new JsonObject { ["Rows"] = rows.Train.Length, ["TestRows"] = rows.Test.Length };
        if (rows.Test.Length > 0)
        {
            foreach ((string name, JsonNode? value) in Metrics.Of(ml, model.Transform(ml.Data.LoadFromEnumerable(rows.Test))))
                metrics[name] = value?.DeepClone();
        }
        (string folder, string file) = (options.Folder(arguments), options.Name(arguments));
        TrainedModel.Save(ml, model, ml.Data.LoadFromEnumerable(rows.Train).Schema, metrics, folder, file, streams);
        await TrainedModel.TellAsync(metrics, Path.Combine(folder, file + ".zip"), arguments, streams);
        return ExitCode.Success;
    }

    /// <summary>Vectors for ML.NET's trainers.</summary>
    public static ITransformer Features(MLContext ml, BertModel bert, IDataView data, bool pairs) => pairs
        ? ml.Transforms.Text.ApplyBertPairEmbedding("Features", nameof(LabelledRow.Sentence1), nameof(LabelledRow.Sentence2), bert).Fit(data)
        : ml.Transforms.Text.ApplyBertEmbedding("Features", nameof(LabelledRow.Sentence1), bert).Fit(data);
}
