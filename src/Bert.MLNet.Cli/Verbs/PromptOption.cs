using System.CommandLine;

namespace Bert.MLNet.Cli.Verbs;

/// <summary>
/// The two options for the text in front of embedded texts: the text itself, or the name of one of the checkpoint's prompts.
/// </summary>
/// <param name="name">The name of the first option; the second has the suffix <c>-name</c>.</param>
/// <param name="texts">The description of the texts, in the singular.</param>
/// <param name="defaults">Names of prompts: if neither option is specified, the first that the checkpoint has is used.</param>
internal sealed class PromptOption(string name = "--prompt", string texts = "each text", params IReadOnlyList<string> defaults)
{
    private readonly Option<string?> _prompt = new(name)
    {
        Description = $"A text to put in front of {texts}, such as \"query: \"; empty for none. Default: " +
            $"{string.Concat(defaults.Select(prompt => $"the checkpoint's prompt '{prompt}', or "))}its default prompt, if it has one.",
    };

    private readonly Option<string?> _name = new(name + "-name")
    {
        Description = $"The name of the checkpoint's prompt to put in front of {texts}: one of 'prompts' in " +
            "config_sentence_transformers.json.",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_prompt);
        command.Options.Add(_name);
    }

    /// <summary>Whether one of the options is specified.</summary>
    public bool IsGiven(ParseResult arguments) => arguments.GetValue(_prompt) is not null || arguments.GetValue(_name) is not null;

    /// <summary>The text; null for the checkpoint's default prompt.</summary>
    /// <exception cref="UsageException">Both options are specified, or the checkpoint has no prompt of that name.</exception>
    public string? Of(ParseResult arguments, BertModel bert)
    {
        IReadOnlyDictionary<string, string> prompts = bert.Sentence.Prompts;
        (string? text, string? asked) = (arguments.GetValue(_prompt), arguments.GetValue(_name));
        if (text is not null && asked is not null)
            throw new UsageException($"Use {_prompt.Name} or {_name.Name}, not both.");
        if (asked is null)
            return text ?? defaults.Select(prompt => prompts.GetValueOrDefault(prompt)).FirstOrDefault(prompt => prompt is not null);
        string known = prompts.Count == 0 ? "it has no prompts" : $"it has {string.Join(", ", prompts.Keys.Order(StringComparer.Ordinal))}";
        return prompts.GetValueOrDefault(asked)
            ?? throw new UsageException($"'{bert.Name}' has no prompt '{asked}'; {known}. Use {_prompt.Name} to pass any text.");
    }
}
