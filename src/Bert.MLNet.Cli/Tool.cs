using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using Bert.MLNet.Cli.Messages;
using Bert.MLNet.Cli.Verbs;

namespace Bert.MLNet.Cli;

/// <summary>The command line: its verbs, and the handling of errors.</summary>
internal static class Tool
{
    /// <summary>The time after Ctrl-C for finishing the current update and saving the model.</summary>
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromMinutes(5);

    /// <summary>Runs one command line.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, ToolStreams streams)
    {
        // Only for this run and its threads: files and messages are the same for every user.
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
        RootCommand root = Create(streams);
        ParseResult arguments = root.Parse(args.Length == 0 ? ["--help"] : args);
        if (arguments.Errors is [var mistake, ..])
        {
            Command verb = arguments.CommandResult.Command;
            string what = arguments.UnmatchedTokens is [var unknown, ..] && (verb is RootCommand || unknown.StartsWith('-'))
                ? NotFound(unknown, verb)
                : mistake.SymbolResult is OptionResult { Option: var option, Tokens: [var token] }
                    && mistake.Message.Contains(option.ValueType.ToString(), StringComparison.Ordinal)
                ? $"{option.Name} must be a number, not '{token.Value}'." : ErrorText.OneLine(mistake.Message);
            await streams.TellErrorAsync(arguments, $"{what} See 'bert-mlnet {Name(arguments)}--help'.", ExitCode.Usage);
            return ExitCode.Usage;
        }
        using var help = new StreamWriter(streams.Out, new UTF8Encoding(false), leaveOpen: true);
        try
        {
            return await arguments.InvokeAsync(
                new InvocationConfiguration
                {
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = TerminationTimeout,
                    Output = help,
                    Error = streams.Error,
                });
        }
        catch (OperationCanceledException)
        {
            await streams.TellErrorAsync(arguments, "Canceled.", ExitCode.Cancelled);
            return ExitCode.Cancelled;
        }
        catch (UsageException error)
        {
            await streams.TellErrorAsync(arguments, error.Message, ExitCode.Usage);
            return ExitCode.Usage;
        }
        catch (Exception error)
        {
            await streams.TellErrorAsync(
                arguments, streams.Messages.IsVerbose(arguments) ? error.ToString() : ErrorText.Of(error), ExitCode.Failure);
            return ExitCode.Failure;
        }
    }

    /// <summary>The verbs and their options.</summary>
    public static RootCommand Create(ToolStreams streams)
    {
        var root = new RootCommand("BERT on the command line, with any checkpoint in HuggingFace's format.")
        {
            TextClassificationVerb.Create(streams),
            SentenceSimilarityVerb.Create(streams),
            NamedEntityRecognitionVerb.Create(streams),
            QuestionAnsweringVerb.Create(streams),
            TranslationVerb.Create(streams),
            SummarizationVerb.Create(streams),
            PredictVerb.Create(streams),
            EvaluateVerb.Create(streams),
            ExportVerb.Create(streams),
            TokenizeVerb.Create(streams),
            EncodeVerb.Create(streams),
            EmbedVerb.Create(streams),
            SimilarityVerb.Create(streams),
            SearchVerb.Create(streams),
            MergeVerb.Create(streams),
            FillMaskVerb.Create(streams),
            ZeroShotVerb.Create(streams),
            SummarizeVerb.Create(streams),
            TranslateVerb.Create(streams),
            ServeVerb.Create(streams),
            InfoVerb.Create(),
            DownloadVerb.Create(streams),
            PretrainVerb.Create(streams),
            DistillVerb.Create(streams),
            QuantizeVerb.Create(streams),
            ToStaticVerb.Create(streams),
            TrainVocabularyVerb.Create(streams),
            ReferenceVerb.Create(),
        };
        streams.Messages.AddTo(root);
        return root;
    }

    private static string NotFound(string unknown, Command verb)
    {
        string what = unknown.StartsWith('-') ? "option" : "verb";
        IEnumerable<Symbol> known = what == "verb"
            ? verb.Subcommands
            : verb.Options.Concat(verb.Parents.OfType<Command>().SelectMany(parent => parent.Options));
        string suggestion = Suggestion.For(unknown, known.Where(symbol => !symbol.Hidden).Select(symbol => symbol.Name));
        return (verb is RootCommand ? $"There is no {what} '{unknown}'." : $"'{verb.Name}' has no {what} '{unknown}'.") + suggestion;
    }

    private static string Name(ParseResult arguments) =>
        arguments.CommandResult.Command is RootCommand ? "" : arguments.CommandResult.Command.Name + " ";
}
