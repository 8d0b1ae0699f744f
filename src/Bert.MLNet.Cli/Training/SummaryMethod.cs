using System.CommandLine;

namespace Bert.MLNet.Cli.Training;

/// <summary>The option <c>--method</c> for how summaries are made.</summary>
internal sealed class SummaryMethod
{
    /// <summary>Sentences of the text.</summary>
    public const string Extractive = "extractive";

    /// <summary>New sentences.</summary>
    public const string Abstractive = "abstractive";

    private readonly Option<string> _method;
    private readonly string _default;

    /// <param name="description">What the methods do.</param>
    /// <param name="byDefault">The method that is used if none is specified.</param>
    public SummaryMethod(string description, string byDefault)
    {
        _default = byDefault;
        _method = new("--method") { Description = description, DefaultValueFactory = _ => byDefault };
        _method.AcceptOnlyFromAmong(Extractive, Abstractive);
    }

    /// <summary>Adds the option to a command, and the options of each method, which the other one refuses.</summary>
    public void AddTo(Command command, IReadOnlyList<Option> extractive, IReadOnlyList<Option> abstractive)
    {
        foreach (Option option in (IEnumerable<Option>)[_method, .. extractive, .. abstractive])
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            string method = result.GetValue(_method) ?? _default; // a validator runs before defaults are set
            (IReadOnlyList<Option> others, string other) =
                method == Abstractive ? (extractive, Extractive) : (abstractive, Abstractive);
            if (others.FirstOrDefault(option => result.GetResult(option) is { Implicit: false }) is { } option)
                result.AddError($"{option.Name} requires --method {other}.");
        });
    }

    /// <summary>Whether summaries consist of sentences of the text.</summary>
    public bool IsExtractive(ParseResult arguments) => arguments.GetValue(_method) == Extractive;
}
