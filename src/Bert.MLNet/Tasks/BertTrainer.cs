using Bert.MLNet.Persistence;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>What all trainers have in common: rows are read once into tokens, and a checkpoint comes out that has learnt them.</summary>
/// <remarks>Training needs libtorch's native library, which the application chooses; the fitted transformer runs without it. Missing text is empty text.</remarks>
/// <typeparam name="TTransformer">What is fitted.</typeparam>
public abstract class BertTrainer<TTransformer> : IEstimator<TTransformer>
    where TTransformer : class, ITransformer
{
    private readonly BertTrainingOptions _options;

    private protected BertTrainer(IHostEnvironment env, string name, BertModel? model, BertTrainingOptions options)
    {
        Host = env.Register(name);
        Model = model ?? BertModel.Default;
        FineTuning.Check(Model);
        options.Check(Model);
        _options = options;
    }

    private protected IHost Host { get; }

    /// <summary>Where what is fitted belongs: it is to be used also when the training was cancelled.</summary>
    private protected IHostEnvironment FittedEnvironment => LiveEnvironment.Of(Host);

    /// <summary>Where the training starts from.</summary>
    private protected BertModel Model { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has a type that does not fit.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        return OutputsOver(inputSchema);
    }

    /// <summary>Trains, and returns what predicts. Dispose it, or the chain that it stands in, when it is no longer used.</summary>
    /// <param name="input">The rows to learn from. They are read once.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has a type that does not fit.</exception>
    /// <exception cref="InvalidOperationException">There is nothing to learn from the rows, or the loss became infinite; the message says what to do.</exception>
    /// <exception cref="DllNotFoundException">The application brings no libtorch; the message names the package.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled before its first update.</exception>
    public TTransformer Fit(IDataView input)
    {
        Host.CheckValue(input, nameof(input));
        return Train(input);
    }

    /// <summary>Checks the columns, and adds those of the fitted transformer.</summary>
    private protected abstract SchemaShape OutputsOver(SchemaShape inputSchema);

    private protected abstract TTransformer Train(IDataView input);

    /// <summary>The rows to learn from and those by which epochs are compared, as the options say.</summary>
    /// <param name="input">The data to learn from.</param>
    /// <param name="read">Reads one data set.</param>
    private protected (TrainingRow[] Train, TrainingRow[] Validation) Read(IDataView input, Func<IDataView, TrainingRow[]> read) =>
        _options.ValidationSet is { } set ? (read(input), read(set)) : Split(read(input));

    // Sequences that are made of one row of the data stay together.
    private (TrainingRow[] Train, TrainingRow[] Validation) Split(TrainingRow[] rows)
    {
        TrainingRow[][] groups = [.. rows.GroupBy(row => row.Position).Select(group => group.ToArray())];
        if (_options.ValidationFraction == 0 || groups.Length < 2)
            return (rows, []);
        new Random(FineTuning.SeedOf(_options, Host)).Shuffle(groups);
        int count = Math.Clamp((int)Math.Round(groups.Length * _options.ValidationFraction), 1, groups.Length - 1);
        return ([.. groups[count..].SelectMany(group => group)], [.. groups[..count].SelectMany(group => group)]);
    }
}
