using System.CommandLine;
using Bert.MLNet.Cli.Files;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>translate</c>: translates texts with a checkpoint that has a decoder.</summary>
internal static class TranslateVerb
{
    public static Command Create(ToolStreams streams)
    {
        Option<string> model = CommonOptions.Model();
        var device = new DeviceOption();
        var writing = new WritingOptions();
        Option<int?> maxLength = CommonOptions.MaxLength();
        var job = new LineJob();
        var command = new Command(
            "translate", "Translates texts with a checkpoint that has an encoder and a decoder: translation and its score.") { model };
        foreach (Option option in writing.All.Append(maxLength))
            command.Options.Add(option);
        job.AddTo(command);
        device.AddTo(command);
        command.SetAction(async (arguments, cancellation) => writing.Run(
            job, arguments, streams,
            device.Place(arguments, await Checkpoint.OpenAsync(arguments.GetRequiredValue(model), cancellation)),
            arguments.GetValue(maxLength), ("translation", "translations"), cancellation));
        return command;
    }
}
