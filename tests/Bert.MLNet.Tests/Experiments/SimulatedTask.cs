using Bert.MLNet.Experiments;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Experiments;

/// <summary>
/// A task whose trainings only take the time of a clock: a fixed time for each row, in 50 updates. The metric is the mean of the rows'
/// outcomes, which are the quality of the training and a deviation that is the same for all trainings.
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="secondsPerRow">The time for a row in an epoch.</param>
/// <param name="quality">The quality after a whole training of that many epochs.</param>
internal sealed class SimulatedTask(SteppedClock clock, double secondsPerRow, Func<FineTuningContender, int, double> quality) : TrainedTask
{
    public const double SecondsOfPrediction = 0.2;

    private const int Updates = 50;

    private readonly Dictionary<string, double> _paused = [];
    private double _quality;

    public override IReadOnlyList<OutcomeMetric> Metrics { get; } = [new("Quality", true, rows => rows.Average(row => row[0]))];

    public override IReadOnlyList<string> Texts => [];

    /// <summary>What the trainings train.</summary>
    public IReadOnlyList<FineTuningKind> Kinds { get; init; } = [FineTuningKind.Whole];

    /// <summary>The number of rows of the last training.</summary>
    public int TrainedRows { get; private set; }

    public override IDataView Prepare(MLContext ml, IDataView data) => data;

    public override double[] Labels(IDataView data) => [.. data.GetColumn<float>("Index").Select(_ => 0.0)];

    public override void Check(double[] labels)
    {
    }

    public override IEnumerable<Baseline> Baselines(double[] labels) => [];

    public override IEnumerable<FineTuningContender> FineTunings(
        IReadOnlyList<(BertModel Model, string Name)> models, ExperimentData data) =>
        Kinds.SelectMany(kind => FineTuningGrid.Of(kind, models, data.TrainingCount)).OrderBy(contender => contender.Updates);

    public override ITransformer FineTune(MLContext ml, FineTuningContender contender, FineTuningRun run, int epochs, IDataView rows)
    {
        TrainedRows = rows.GetColumn<float>("Index").Count();
        double done = run.CheckpointFolder is { } folder ? _paused.GetValueOrDefault(folder) : 0;
        while (done < 1 && !run.Token.IsCancellationRequested)
        {
            clock.Advance(secondsPerRow * TrainedRows * epochs / Updates);
            done = Math.Min(1, done + 1.0 / Updates);
            run.Report(new TrainingProgress
            {
                Epoch = 1,
                Step = (long)Math.Round(done * Updates),
                Done = done,
                Loss = 0,
                LearningRate = 0,
                MetricName = "",
                RowsPerSecond = 0,
                EstimatedTimeRemaining = TimeSpan.Zero,
            });
        }
        if (run.CheckpointFolder is { } paused)
            _paused[paused] = done;
        _quality = done * quality(contender, epochs);
        return ml.Transforms.CopyColumns("Copy", "Index").Fit(rows);
    }

    public override double[][] Outcomes(IDataView predictions)
    {
        clock.Advance(SecondsOfPrediction);
        return [.. predictions.GetColumn<float>("Index").Select((_, i) => new[] { _quality + (i % 2 == 0 ? 0.1 : -0.1) })];
    }
}
