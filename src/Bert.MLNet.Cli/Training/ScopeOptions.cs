using System.CommandLine;
using Bert.MLNet.Cli.CodeGeneration;
using Bert.MLNet.Cli.Verbs;

namespace Bert.MLNet.Cli.Training;

/// <summary>The options for recognizing texts that have none of a classifier's labels.</summary>
internal sealed class ScopeOptions
{
    private readonly Option<double?> _rate = new("--in-scope-rate")
    {
        Description = "The share of the validation rows that the model accepts, above 0 and at most 1, such as 0.9. Predictions then say " +
            "whether a text has one of the labels.",
    };

    private readonly Option<BertScopeMethod> _method = new("--in-scope-method")
    {
        Description = "How texts without any of the labels are recognized: by the probability of the best label, or by the distance from " +
            "the centers of the labels.",
    };

    public ScopeOptions() =>
        CommonOptions.Require(_rate, value => value is null or (> 0 and <= 1), "above 0 and at most 1");

    public void AddTo(Command command)
    {
        command.Options.Add(_rate);
        command.Options.Add(_method);
    }

    /// <summary>Checks that the options apply.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="trains">Whether the checkpoint is trained.</param>
    /// <param name="validation">The number of validation rows.</param>
    /// <exception cref="UsageException">They do not.</exception>
    public void Check(ParseResult arguments, bool trains, int validation)
    {
        if (arguments.GetValue(_rate) is null)
        {
            if (arguments.GetResult(_method) is { Implicit: false })
                throw new UsageException($"{_method.Name} requires {_rate.Name}.");
            return;
        }
        if (!trains)
            throw new UsageException($"{_rate.Name} requires --method fine-tune or few-shot.");
        if (validation == 0)
            throw new UsageException($"{_rate.Name} requires validation rows: specify --validation-dataset or a --split-ratio above 0.");
    }

    /// <summary>Sets the options of a trainer.</summary>
    public TextClassificationTrainer.Options Apply(ParseResult arguments, TextClassificationTrainer.Options options) => options with
    {
        InScopeRate = arguments.GetValue(_rate),
        InScopeMethod = arguments.GetValue(_method),
    };

    /// <summary>Adds the options to the settings of generated code.</summary>
    public TrainingSettings Apply(ParseResult arguments, TrainingSettings settings) => settings with
    {
        InScopeRate = arguments.GetValue(_rate),
        InScopeMethod = arguments.GetValue(_method),
    };
}
