using Bert.MLNet.DataViews;
using Bert.MLNet.Persistence;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>
/// The implementation of all trainers: reads rows once into tokens, trains a checkpoint, and creates a transformer from it.
/// </summary>
internal sealed class FineTuningTrainer<TTarget, TModule, TTransformer>(
    IHost host, BertTrainingOptions options, ITrainingTask<TTarget, TModule, TTransformer> task) : IEstimator<TTransformer>
    where TTarget : TrainingTarget
    where TModule : TrainableModule
    where TTransformer : class, ITransformer
{
    /// <summary>Checks the columns, and adds those of the fitted transformer.</summary>
    /// <param name="inputSchema">The shape of the data.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has a type that does not fit.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        host.CheckValue(inputSchema, nameof(inputSchema));
        return task.AddOutputs(inputSchema);
    }

    /// <summary>
    /// Trains on the data and returns the transformer. Dispose it, or the chain that contains it, when it is no longer used.
    /// </summary>
    /// <param name="input">The training rows. They are read once.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has a type that does not fit.</exception>
    /// <exception cref="InvalidOperationException">
    /// The rows contain nothing to learn, or the loss became infinite; the message says what to do.
    /// </exception>
    /// <exception cref="DllNotFoundException">The application does not include libtorch; the message names the package.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled before its first update.</exception>
    public TTransformer Fit(IDataView input)
    {
        host.CheckValue(input, nameof(input));
        TTarget target = task.Bind(input.Schema);
        using BertTransformer? teacher = task.Teacher?.Create(host);
        if (teacher is not null)
        {
            input = teacher.Transform(input);
            target = task.Bind(input.Schema);
        }
        (TrainingRow[] rows, TrainingRow[] validation) = options.ValidationSet is { } set
            ? Read(input, target, set)
            : Split(Read(input, target));
        TrainingPlan<TModule, TTransformer> plan = task.Plan(target, rows, validation);
        BertModel trained = FineTuning.Run(
            host, options.Checkpoint, plan.Config, plan.Objective, options, plan.Rows, plan.Validation ?? validation);
        // The result is also used if the training was cancelled.
        return plan.Output(LiveEnvironment.Of(host), trained);
    }

    private (TrainingRow[] Train, TrainingRow[] Validation) Read(IDataView input, TTarget target, IDataView validationSet)
    {
        TTarget other = task.Bind(validationSet.Schema);
        target.CheckSame(other);
        return (Read(input, target), Read(validationSet, other));
    }

    private TrainingRow[] Read(IDataView data, TTarget target)
    {
        using IChannel channel = host.Start("Reading");
        var rows = new List<TrainingRow>();
        DataScan.Run(host, data, target.Columns, row => target.CreateReader(row, rows));
        target.Complete(rows, options.CancellationToken);
        if (target.Warning is { } warning)
            channel.Warning(warning);
        return [.. rows];
    }

    // Sequences of the same data row stay together. Only rows with labels can be validated.
    private (TrainingRow[] Train, TrainingRow[] Validation) Split(TrainingRow[] rows)
    {
        TrainingRow[] unlabelled = [.. rows.Where(row => row.HasTeacherOnly)];
        TrainingRow[][] groups =
            [.. rows.Where(row => !row.HasTeacherOnly).GroupBy(row => row.Position).Select(group => group.ToArray())];
        if (options.ValidationFraction == 0 || groups.Length < 2)
            return (rows, []);
        new Random(FineTuning.SeedOf(options, host)).Shuffle(groups);
        int count = Math.Clamp((int)Math.Round(groups.Length * options.ValidationFraction), 1, groups.Length - 1);
        return ([.. groups[count..].SelectMany(group => group), .. unlabelled], [.. groups[..count].SelectMany(group => group)]);
    }
}

/// <summary>Creates trainers from their parts.</summary>
internal static class FineTuningTrainer
{
    /// <summary>Creates the trainer of a task.</summary>
    public static IEstimator<TTransformer> Create<TTarget, TModule, TTransformer>(
        IHost host, BertTrainingOptions options, ITrainingTask<TTarget, TModule, TTransformer> task)
        where TTarget : TrainingTarget
        where TModule : TrainableModule
        where TTransformer : class, ITransformer => new FineTuningTrainer<TTarget, TModule, TTransformer>(host, options, task);
}
