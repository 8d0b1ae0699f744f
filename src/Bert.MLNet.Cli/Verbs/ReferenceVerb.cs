using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>reference</c>: docs/cli-reference.md, made from the verbs themselves. Not shown in the help.</summary>
internal static class ReferenceVerb
{
    public static Command Create()
    {
        var command = new Command("reference", "Prints this reference as Markdown.") { Hidden = true };
        command.SetAction(arguments => Write(arguments.RootCommandResult.Command, arguments.InvocationConfiguration.Output));
        return command;
    }

    private static void Write(Command root, TextWriter output)
    {
        output.WriteLine("# Reference of bert-mlnet");
        output.WriteLine();
        output.WriteLine("Made by `bert-mlnet reference`; a test compares it with the tool. What the verbs are for is said in [the command line](cli.md).");
        WriteOptions("For all verbs", root.Options.Where(option => option is not (HelpOption or VersionOption)), output);
        foreach (Command verb in root.Subcommands.Where(verb => !verb.Hidden))
        {
            output.WriteLine();
            output.WriteLine($"## {verb.Name}");
            output.WriteLine(verb.Description);
            foreach (Argument argument in verb.Arguments)
            {
                output.WriteLine();
                output.WriteLine($"`{argument.Name}`: {argument.Description}");
            }
            WriteOptions(null, verb.Options.Where(option => option is not HelpOption), output);
        }
    }

    private static void WriteOptions(string? title, IEnumerable<Option> options, TextWriter output)
    {
        output.WriteLine();
        if (title is not null)
            output.WriteLine($"## {title}");
        output.WriteLine("| option | | default |");
        output.WriteLine("|---|---|---|");
        foreach (Option option in options)
            output.WriteLine($"| {string.Join(", ", option.Aliases.Prepend(option.Name).Select(name => $"`{name}`"))} | {option.Description?.Replace("|", "\\|", StringComparison.Ordinal)} | {Default(option)} |");
    }

    private static string Default(Option option) => option.Required ? "required"
        : option.ValueType != typeof(bool) && option.HasDefaultValue && Convert.ToString(option.GetDefaultValue(), CultureInfo.InvariantCulture) is { Length: > 0 } value ? $"`{value}`"
        : "";
}
