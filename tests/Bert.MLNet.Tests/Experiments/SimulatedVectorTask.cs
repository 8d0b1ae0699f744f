using Bert.MLNet.Experiments;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace Bert.MLNet.Tests.Experiments;

/// <summary>A task with two trainers on n-grams, which only take the time of a clock. The second one is better.</summary>
/// <param name="clock">The clock.</param>
/// <param name="first">The seconds for a row of the first one.</param>
/// <param name="second">The seconds for a row of the second one.</param>
internal sealed class SimulatedVectorTask(SteppedClock clock, double first, double second) : TrainedTask
{
    private VectorAlgorithm _trained;

    /// <summary>The numbers of rows of all trainings.</summary>
    public List<(VectorAlgorithm Algorithm, int Rows)> Trainings { get; } = [];

    public override IReadOnlyList<OutcomeMetric> Metrics { get; } = [new("Quality", true, rows => rows.Average(row => row[0]))];

    public override IReadOnlyList<string> Texts => ["Text"];

    public override IDataView Prepare(MLContext ml, IDataView data) => data;

    public override double[] Labels(IDataView data) => [.. data.GetColumn<float>("Label").Select(_ => 0.0)];

    public override void Check(double[] labels)
    {
    }

    public override IEnumerable<Baseline> Baselines(double[] labels) => [];

    public override IEnumerable<VectorContender> VectorContenders(IReadOnlyList<(BertModel Model, string Name)> models) =>
        [new(VectorKind.NGrams, new(VectorAlgorithm.Sdca)), new(VectorKind.NGrams, new(VectorAlgorithm.Lbfgs, 1))];

    public override IEstimator<ITransformer> Trainer(MLContext ml, VectorContender contender, int rows) =>
        new Slow(this, ml, contender.Trainer.Algorithm);

    public override ITransformer FineTune(MLContext ml, FineTuningContender contender, FineTuningRun run, int epochs, IDataView rows) =>
        throw new NotSupportedException();

    public override double[][] Outcomes(IDataView predictions) =>
        [.. predictions.GetColumn<float>("Label").Select((_, i) => new[] { (_trained == VectorAlgorithm.Sdca ? 1 : 2) + (i % 2 * 0.1) })];

    /// <summary>Takes its time, and then trains with SDCA, which stops if the context was cancelled in the meantime.</summary>
    private sealed class Slow(SimulatedVectorTask task, MLContext ml, VectorAlgorithm algorithm) : IEstimator<ITransformer>
    {
        public ITransformer Fit(IDataView input)
        {
            int rows = input.GetColumn<float>("Label").Count();
            task.Trainings.Add((algorithm, rows));
            task._trained = algorithm;
            task.Advance(algorithm, rows);
            return ml.Regression.Trainers.Sdca(new SdcaRegressionTrainer.Options
            {
                FeatureColumnName = VectorFeatures.Features,
                MaximumNumberOfIterations = 1,
                NumberOfThreads = 1,
            }).Fit(input);
        }

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => inputSchema;
    }

    private void Advance(VectorAlgorithm algorithm, int rows) =>
        clock.Advance(rows * (algorithm == VectorAlgorithm.Sdca ? first : second));
}
