using System.CommandLine;
using Bert.MLNet.Cli.Verbs;

namespace Bert.MLNet.Cli.Training;

/// <summary>The options for the checkpoints to train: <c>--model</c>, which can be repeated for a search, and <c>--fast</c>.</summary>
/// <param name="method">The option for the method.</param>
internal sealed class CheckpointOption(MethodOption method)
{
    private readonly Option<bool> _fast = new("--fast")
    {
        Description = "For --method embed: use static embeddings instead of the network, whose vectors are computed up to hundreds of " +
            "times as fast. Those of 'embedded' are included; others are converted from the checkpoint and are less accurate than it.",
    };

    /// <summary>The option <c>--model</c>.</summary>
    public Option<string[]> Model { get; } = new("--model")
    {
        Description = CommonOptions.Model().Description + (method.IsSearch
            ? " Repeat the option to compare several checkpoints with --method auto."
            : ""),
        DefaultValueFactory = _ => ["embedded"],
    };

    public void AddFastTo(Command command) => command.Options.Add(_fast);

    /// <summary>The values of <c>--model</c>.</summary>
    public IReadOnlyList<string> Names(ParseResult arguments) => arguments.GetRequiredValue(Model);

    /// <summary>Whether <c>--model</c> is specified.</summary>
    public bool IsSpecified(ParseResult arguments) => arguments.GetResult(Model) is { Implicit: false };

    /// <summary>Whether the checkpoint is converted to static embeddings.</summary>
    public bool IsFast(ParseResult arguments) => arguments.GetValue(_fast);

    /// <summary>Opens the checkpoint, as static embeddings with --fast.</summary>
    /// <exception cref="UsageException">--fast is specified for fine-tuning, or for static embeddings, or there are several
    /// checkpoints.</exception>
    public Task<BertModel> OpenAsync(ParseResult arguments, CancellationToken cancellation)
    {
        if (Names(arguments) is not [var model])
            throw new UsageException("Several --model require --method auto.");
        if (!IsFast(arguments))
            return Checkpoint.OpenAsync(model, cancellation);
        return method.Of(arguments) == MethodOption.Embed
            ? Checkpoint.OpenFastAsync(model, cancellation)
            : throw new UsageException("--fast requires --method embed: fine-tuning trains the network.");
    }

    /// <summary>Opens all checkpoints of a search, or the one of another method.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    public async Task<IReadOnlyList<BertModel>> OpenAllAsync(ParseResult arguments, CancellationToken cancellation)
    {
        if (method.Of(arguments) != MethodOption.Auto || IsFast(arguments))
            return [await OpenAsync(arguments, cancellation)];
        var models = new List<BertModel>();
        foreach (string model in Names(arguments))
            models.Add(await Checkpoint.OpenAsync(model, cancellation));
        return models;
    }
}
