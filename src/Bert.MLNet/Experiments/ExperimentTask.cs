using Microsoft.ML;

namespace Bert.MLNet.Experiments;

/// <summary>A prediction without a model, to compare with.</summary>
/// <param name="Name">The description for users.</param>
/// <param name="Predict">Returns the outcomes for a fold from the labels of its training rows and of the rows to predict.</param>
internal sealed record Baseline(string Name, Func<double[], double[], double[][]> Predict);

/// <summary>The parts of an experiment that depend on the task.</summary>
internal abstract class ExperimentTask
{
    /// <summary>The metrics, with the one that chooses the best model first.</summary>
    public abstract IReadOnlyList<OutcomeMetric> Metrics { get; }

    /// <summary>The names of the text columns that vectors are computed of.</summary>
    public abstract IReadOnlyList<string> Texts { get; }

    /// <summary>Checks the columns, and adds the internal columns that the trainers need.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    public abstract IDataView Prepare(MLContext ml, IDataView data);

    /// <summary>Returns the labels of prepared rows as numbers, by which folds are made alike; NaN for a row that cannot be used.</summary>
    public abstract double[] Labels(IDataView data);

    /// <exception cref="InvalidOperationException">There is nothing to learn.</exception>
    public abstract void Check(double[] labels);

    public abstract IEnumerable<Baseline> Baselines(double[] labels);

    /// <summary>The contenders that train on vectors, in the order in which they are tried.</summary>
    public abstract IEnumerable<VectorContender> VectorContenders(IReadOnlyList<(BertModel Model, string Name)> models);

    /// <summary>The contenders that train checkpoints, the shortest first.</summary>
    public abstract IEnumerable<FineTuningContender> FineTunings(IReadOnlyList<(BertModel Model, string Name)> models, ExperimentData data);

    /// <summary>Creates the trainer of a contender for vectors.</summary>
    public abstract IEstimator<ITransformer> Trainer(MLContext ml, VectorContender contender, int rows);

    /// <summary>Trains a checkpoint.</summary>
    public abstract ITransformer FineTune(MLContext ml, FineTuningContender contender, FineTuningRun run, int epochs, IDataView rows);

    /// <summary>Returns the outcome of each row.</summary>
    public abstract double[][] Outcomes(IDataView predictions);

    /// <summary>Returns the outcome of each row, and the temperature that calibrates the probabilities in them.</summary>
    /// <param name="contender">The training.</param>
    /// <param name="predictions">Predictions of its model for rows that it has not learnt.</param>
    public virtual (double[][] Outcomes, double Temperature) Calibrated(FineTuningContender contender, IDataView predictions) =>
        (Outcomes(predictions), 1);

    /// <summary>Returns the model of a training with calibrated probabilities. It replaces the model, which may be disposed of.</summary>
    public virtual ITransformer Calibrate(ITransformer model, double temperature) => model;

    /// <summary>The steps behind the trained one, which turn its predictions into the user's labels.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="predictions">The predictions of the trained step.</param>
    public virtual IEnumerable<ITransformer> LastSteps(MLContext ml, IDataView predictions) => [];

    /// <summary>Sets the options that all trainers share.</summary>
    protected static TOptions Apply<TOptions>(FineTuningContender contender, FineTuningRun run, int epochs, int seed, TOptions options)
        where TOptions : BertTrainingOptions => (TOptions)((BertTrainingOptions)options with
        {
            Model = contender.Model,
            MaxEpochs = epochs,
            BatchSize = contender.BatchSize,
            LearningRate = contender.LearningRate,
            LayerwiseLearningRateDecay = contender.LayerwiseDecay,
            FreezeEmbeddings = contender.FreezeEmbeddings,
            Precision = contender.Precision,
            EarlyStoppingPatience = null,
            Seed = seed,
            CheckpointFolder = run.CheckpointFolder,
            SaveInterval = null,
            SaveSteps = int.MaxValue, // only at the end of a stage
            Progress = run,
            LoggingSteps = 1,
            CancellationToken = run.Token,
        });
}
