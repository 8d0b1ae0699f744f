using System.CommandLine;

namespace Bert.MLNet.Cli.Training;

/// <summary>
/// The option <c>--method</c>. Without it, a verb searches for the best model, unless an option of fine-tuning is specified.
/// </summary>
internal sealed class MethodOption
{
    public const string Auto = "auto", FineTune = "fine-tune", BiEncoder = "bi-encoder", CrossEncoder = "cross-encoder", Embed = "embed",
        FewShot = "few-shot";

    private static readonly (string Name, string Description)[] s_methods =
    [
        (Auto, "searches for the best model."),
        (FineTune, "trains the whole checkpoint."),
        (BiEncoder, "trains the checkpoint to compute a vector of each text; the cosine of both is the score."),
        (CrossEncoder, "trains the checkpoint to read both texts together, which can be more accurate, but not searched."),
        (Embed, "trains an ML.NET trainer on the checkpoint's vectors, in seconds."),
        (FewShot, "trains the checkpoint on pairs of rows, and a head, from a few rows of each label."),
    ];

    private readonly Option<string?> _method;
    private readonly IReadOnlyList<Option> _fineTuning;
    private readonly string _fineTune;

    /// <param name="fineTuning">The options that only other methods than auto have.</param>
    /// <param name="methods">
    /// The methods; fine-tune alone for a verb that has no option. If there are several that fine-tune, the first is the default one.
    /// </param>
    public MethodOption(IReadOnlyList<Option> fineTuning, params IReadOnlyList<string> methods)
    {
        _fineTuning = fineTuning;
        _fineTune = methods.FirstOrDefault(FineTunes, FineTune);
        IsSearch = methods.Contains(Auto);
        _method = new("--method")
        {
            Description = string.Join(' ', s_methods.Where(method => methods.Contains(method.Name))
                .Select(method => $"{method.Name}: {method.Description}")) +
                $" Default: {Auto}, or {_fineTune} if one of {string.Join(", ", fineTuning.Select(option => option.Name))} is specified.",
        };
        _method.AcceptOnlyFromAmong([.. methods.Append(FineTune).Distinct()]);
    }

    /// <summary>Whether there is a method that compares models.</summary>
    public bool IsSearch { get; }

    /// <summary>Whether a method trains the checkpoint for several epochs.</summary>
    public static bool FineTunes(string method) => method is FineTune or BiEncoder or CrossEncoder;

    public void AddTo(Command command) => command.Options.Add(_method);

    /// <summary>The method, specified or default.</summary>
    /// <exception cref="UsageException">An option does not belong to the method.</exception>
    public string Of(ParseResult arguments)
    {
        Option? other = _fineTuning.FirstOrDefault(option => arguments.GetResult(option) is { Implicit: false });
        return arguments.GetValue(_method) switch
        {
            null => IsSearch && other is null ? Auto : _fineTune,
            FineTune => _fineTune,
            Auto when other is not null => throw new UsageException(
                $"{other.Name} requires another method than {Auto}, which chooses it. Remove the option, or use --method {_fineTune}."),
            string method => method,
        };
    }

    /// <summary>The message about a default method; null if the method is specified, or the verb has only one.</summary>
    public string? Explanation(ParseResult arguments) => !IsSearch || arguments.GetValue(_method) is not null
        ? null
        : Of(arguments) == Auto
        ? $"Without --method, the best model is searched for (--method {Auto}); --method {_fineTune} only trains the checkpoint."
        : $"An option of fine-tuning is specified, so the checkpoint is trained (--method {_fineTune}).";
}
