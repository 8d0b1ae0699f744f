using System.CommandLine;
using System.Text.Json.Nodes;
using Bert.MLNet.Cli.Tables;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Cli.Training;

/// <summary>The rows of a training.</summary>
internal sealed record TrainingRows(LabelledRow[] Train, LabelledRow[] Validation, LabelledRow[] Test);

/// <summary>What all trainings do: read rows, train, measure, save.</summary>
internal static class TrainingRun
{
    /// <summary>Trains what <paramref name="fit"/> makes of the rows: the steps of the model.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(
        TrainingOptions options, ParseResult arguments, ToolStreams streams, bool isScore,
        Func<MLContext, BertModel, TrainingRows, CancellationToken, ITransformer[]> fit, CancellationToken cancellation)
    {
        TrainingRows rows = options.ReadRows(arguments, isScore, streams);
        BertModel bert = await options.OpenModelAsync(arguments, cancellation);
        var ml = new MLContext(options.Seed(arguments));
        using CancellationTokenSource limit = options.Limit(arguments, cancellation);
        using var model = new TransformerChain<ITransformer>(fit(ml, bert, rows, limit.Token));

        var metrics = new JsonObject { ["Rows"] = rows.Train.Length, ["TestRows"] = rows.Test.Length };
        if (rows.Test.Length > 0)
        {
            foreach ((string name, JsonNode? value) in Metrics.Of(ml, model.Transform(ml.Data.LoadFromEnumerable(rows.Test))))
                metrics[name] = value?.DeepClone();
        }
        (string folder, string file) = (options.Folder(arguments), options.Name(arguments));
        TrainedModel.Save(ml, model, ml.Data.LoadFromEnumerable(rows.Train).Schema, metrics, folder, file, streams);
        await TrainedModel.TellAsync(metrics, folder, file, arguments.InvocationConfiguration.Output);
        return ExitCode.Success;
    }

    /// <summary>Vectors for ML.NET's trainers.</summary>
    public static ITransformer Features(MLContext ml, BertModel bert, IDataView data, bool pairs) => pairs
        ? ml.Transforms.Text.ApplyBertPairEmbedding("Features", nameof(LabelledRow.Sentence1), nameof(LabelledRow.Sentence2), bert).Fit(data)
        : ml.Transforms.Text.ApplyBertEmbedding("Features", nameof(LabelledRow.Sentence1), bert).Fit(data);
}
