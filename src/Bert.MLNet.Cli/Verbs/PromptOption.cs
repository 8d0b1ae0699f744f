using System.CommandLine;

namespace Bert.MLNet.Cli.Verbs;

/// <summary>
/// The two options that say what is put before the texts that become vectors: a text, or the name of one of the checkpoint's prompts.
/// </summary>
/// <param name="name">The name of the first option; the second is called the same with <c>-name</c> behind it.</param>
/// <param name="texts">What the texts are, in the singular.</param>
/// <param name="defaults">Names of the checkpoint's prompts that are used when neither option is given, the first that it has.</param>
internal sealed class PromptOption(string name = "--prompt", string texts = "each text", params IReadOnlyList<string> defaults)
{
    private readonly Option<string?> _prompt = new(name)
    {
        Description = $"A text put before {texts}, such as \"query: \"; empty for none. Default: {string.Concat(defaults.Select(prompt => $"the checkpoint's prompt '{prompt}', else "))}its default prompt, if it has one.",
    };

    private readonly Option<string?> _name = new(name + "-name") { Description = $"The checkpoint's prompt of this name is put before {texts}: one of 'prompts' in config_sentence_transformers.json." };

    public void AddTo(Command command)
    {
        command.Options.Add(_prompt);
        command.Options.Add(_name);
    }

    /// <summary>Whether one of the options is given.</summary>
    public bool IsGiven(ParseResult arguments) => arguments.GetValue(_prompt) is not null || arguments.GetValue(_name) is not null;

    /// <summary>The text; null: the checkpoint's default prompt.</summary>
    /// <exception cref="UsageException">Both options are given, or the checkpoint has no prompt of that name.</exception>
    public string? Of(ParseResult arguments, BertModel bert)
    {
        IReadOnlyDictionary<string, string> prompts = bert.Sentence.Prompts;
        (string? text, string? asked) = (arguments.GetValue(_prompt), arguments.GetValue(_name));
        if (text is not null && asked is not null)
            throw new UsageException($"Give {_prompt.Name} or {_name.Name}, not both.");
        if (asked is null)
            return text ?? defaults.Select(prompt => prompts.GetValueOrDefault(prompt)).FirstOrDefault(prompt => prompt is not null);
        string known = prompts.Count == 0 ? "it has no prompts" : $"it has {string.Join(", ", prompts.Keys.Order(StringComparer.Ordinal))}";
        return prompts.GetValueOrDefault(asked) ?? throw new UsageException($"'{bert.Name}' has no prompt '{asked}'; {known}. {_prompt.Name} takes any text.");
    }
}
