using System.Text.Json.Nodes;
using Bert.MLNet.DataViews;
using Bert.MLNet.Experiments;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Cli.Training;

/// <summary>Measures baselines on the rows on which a model is evaluated: the most frequent label, the mean, n-grams, the cosine.</summary>
internal static class BaselineMetrics
{
    /// <summary>The name of the baselines in metrics.</summary>
    public const string Key = "Baselines";

    /// <summary>The minimum number of rows for a learning curve.</summary>
    private const int FewestRowsOfCurve = 200;

    /// <summary>The shares of the rows for the points of a learning curve, in addition to all of them.</summary>
    private static readonly double[] s_shares = [0.125, 0.25, 0.5];

    /// <summary>Adds baselines to the metrics of a model.</summary>
    /// <param name="metrics">The metrics.</param>
    /// <param name="ml">The context.</param>
    /// <param name="predictions">The model's predictions.</param>
    public static void AddTo(JsonObject metrics, MLContext ml, IDataView predictions)
    {
        Outcomes model = Outcomes.Read(ml, predictions);
        if (model.WithoutModel is var (name, rows))
            Add(metrics, name, model with { Rows = rows });
        if (predictions.Schema.GetColumnOrNull(CosineBaseline.Column) is not null && Metrics.IsSimilarity(predictions))
        {
            // Its scale is not that of the labels.
            OutcomeMetric[] correlations =
                [.. model.Metrics.Where(metric => metric.Name.EndsWith("Correlation", StringComparison.Ordinal))];
            Add(metrics, "cosine", new Outcomes(correlations, [.. model.Rows.Zip(
                predictions.GetColumn<float>(CosineBaseline.Column), (row, cosine) => new[] { row[0], cosine })]));
        }
    }

    /// <summary>Adds baselines that learn from the training rows.</summary>
    /// <param name="metrics">The metrics of the model.</param>
    /// <param name="ml">The context.</param>
    /// <param name="predictions">The model's predictions.</param>
    /// <param name="task">The task, whose columns are those of the rows.</param>
    /// <param name="train">The training rows.</param>
    /// <param name="test">The rows that were predicted.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="cancellation">Cancels the training.</param>
    /// <returns>The trained n-grams.</returns>
    public static NGramResult AddLearnedTo(
        JsonObject metrics, MLContext ml, IDataView predictions, ExperimentTask task, IDataView train, IDataView test, int seed,
        CancellationToken cancellation)
    {
        Outcomes model = Outcomes.Read(ml, predictions);
        (IDataView rows, IDataView testRows) = (task.Prepare(ml, train), task.Prepare(ml, test));
        double[] all = task.Labels(rows), allOfTest = task.Labels(testRows);
        double[] labels = [.. all.Where(double.IsFinite)], testLabels = [.. allOfTest.Where(double.IsFinite)];
        foreach (Baseline baseline in task.Baselines(labels))
            Add(metrics, baseline.Name, model with { Rows = baseline.Predict(labels, testLabels) });
        long[] known = [.. all.Index().Where(label => double.IsFinite(label.Item)).Select(label => (long)label.Index)];
        new Random(seed).Shuffle(known);
        (NGramBaseline ngrams, Outcomes whole) = Fit(known.Length);
        Add(metrics, NGramBaseline.Name, whole);
        // The other points of the curve, the smallest first.
        IEnumerable<(int, Outcomes)> curve = known.Length < FewestRowsOfCurve ? [] : s_shares.Select(share =>
        {
            int count = (int)(share * known.Length);
            return (count, Fit(count).Outcomes);
        });
        return new([.. curve, (known.Length, whole)], ngrams.HeaviestWords(NGramResult.WordsOfLabel));

        (NGramBaseline NGrams, Outcomes Outcomes) Fit(int count)
        {
            HashSet<long> some = [.. known[..count]];
            var fitted = NGramBaseline.Fit(task, new SelectedRows(rows, some.Contains), count, seed, cancellation);
            return (fitted, model with { Rows = [.. fitted.Predict(testRows).Where((_, i) => double.IsFinite(allOfTest[i]))] });
        }
    }

    /// <summary>The baselines in metrics, with their names.</summary>
    public static IEnumerable<(string Name, JsonObject Metrics)> In(JsonObject metrics) =>
        metrics[Key] is JsonObject all ? all.Select(baseline => (baseline.Key, baseline.Value!.AsObject())) : [];

    /// <summary>A sentence about the baselines that are as good as the model, or null.</summary>
    /// <param name="metrics">The metrics of the model.</param>
    /// <param name="metric">The name of a metric of which higher values are better.</param>
    public static string? Warning(JsonObject metrics, string metric)
    {
        if ((double?)metrics[metric] is not { } value)
            return null;
        string[] better = [.. In(metrics).Where(baseline => (double?)baseline.Metrics[metric] >= value).Select(baseline => baseline.Name)];
        return better.Length == 0 ? null
            : $"The model is not better than {string.Join(" and ", better)}, by its {metric} on the rows on which it was evaluated.";
    }

    private static void Add(JsonObject metrics, string name, Outcomes outcomes)
    {
        if (metrics[Key] is not JsonObject all)
            metrics[Key] = all = [];
        all[name] = outcomes.ToJson();
    }
}
