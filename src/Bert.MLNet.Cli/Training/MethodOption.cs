using System.CommandLine;

namespace Bert.MLNet.Cli.Training;

/// <summary>
/// The option <c>--method</c>. Without it, a verb searches for the best model, unless an option of fine-tuning is specified.
/// </summary>
internal sealed class MethodOption
{
    public const string Auto = "auto", FineTune = "fine-tune", Embed = "embed", FewShot = "few-shot";

    private static readonly (string Name, string Description)[] s_methods =
    [
        (Auto, "searches for the best model."),
        (FineTune, "trains the whole checkpoint."),
        (Embed, "trains an ML.NET trainer on the checkpoint's vectors, in seconds."),
        (FewShot, "trains the checkpoint on pairs of rows, and a head, from a few rows of each label."),
    ];

    private readonly Option<string?> _method;
    private readonly IReadOnlyList<Option> _fineTuning;

    /// <param name="fineTuning">The options that only other methods than auto have.</param>
    /// <param name="methods">The methods; fine-tune alone for a verb that has no option.</param>
    public MethodOption(IReadOnlyList<Option> fineTuning, params IReadOnlyList<string> methods)
    {
        _fineTuning = fineTuning;
        IsSearch = methods.Contains(Auto);
        _method = new("--method")
        {
            Description = string.Join(' ', s_methods.Where(method => methods.Contains(method.Name))
                .Select(method => $"{method.Name}: {method.Description}")) +
                $" Default: {Auto}, or {FineTune} if one of {string.Join(", ", fineTuning.Select(option => option.Name))} is specified.",
        };
        _method.AcceptOnlyFromAmong([.. methods]);
    }

    /// <summary>Whether there is a method that compares models.</summary>
    public bool IsSearch { get; }

    public void AddTo(Command command) => command.Options.Add(_method);

    /// <summary>The method, specified or default.</summary>
    /// <exception cref="UsageException">An option does not belong to the method.</exception>
    public string Of(ParseResult arguments)
    {
        Option? other = _fineTuning.FirstOrDefault(option => arguments.GetResult(option) is { Implicit: false });
        return arguments.GetValue(_method) switch
        {
            null => IsSearch && other is null ? Auto : FineTune,
            Auto when other is not null => throw new UsageException(
                $"{other.Name} requires another method than {Auto}, which chooses it. Remove the option, or use --method {FineTune}."),
            string method => method,
        };
    }

    /// <summary>The message about a default method; null if the method is specified, or the verb has only one.</summary>
    public string? Explanation(ParseResult arguments) => !IsSearch || arguments.GetValue(_method) is not null
        ? null
        : Of(arguments) == Auto
        ? $"Without --method, the best model is searched for (--method {Auto}); --method {FineTune} only trains the checkpoint."
        : $"An option of fine-tuning is specified, so the checkpoint is trained (--method {FineTune}).";
}
