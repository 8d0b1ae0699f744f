using System.CommandLine;
using Bert.MLNet.Cli.Encode;
using Bert.MLNet.Cli.Files;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>encode</c>: computes the outputs of the encoder and its head for texts, pairs or rows of tokens.</summary>
internal static class EncodeVerb
{
    public static Command Create(ToolStreams streams)
    {
        Option<string> model = CommonOptions.Model();
        var device = new DeviceOption();
        var job = new LineJob();
        Option<int?> maxLength = CommonOptions.MaxLength();
        Option<BertTruncation?> truncation = TruncationOption.Create();
        var outputs = new Option<string[]>("--outputs")
        {
            Description = "The outputs to compute, such as 'last_hidden_state logits'. Default: all outputs of the checkpoint except " +
                "logits for all words.",
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command(
            "encode", "Converts texts or input_ids to hidden states and logits: last_hidden_state, pooler_output, logits, start_logits, " +
            "end_logits.")
        {
            model, maxLength, truncation, outputs,
        };
        job.AddTo(command);
        device.AddTo(command);
        command.SetAction(async (arguments, cancellation) =>
        {
            BertModel bert = device.Place(arguments, await Checkpoint.OpenAsync(arguments.GetRequiredValue(model), cancellation));
            IReadOnlyList<NamedOutput> asked = NamedOutput.Choose(bert, arguments.GetValue(outputs) ?? []);
            var options = new BertEncodeOptions
            {
                MaxLength = arguments.GetValue(maxLength) ?? Checkpoint.Limit(bert),
                Truncation = arguments.GetValue(truncation) ?? BertTruncation.LongestFirst,
            };
            using var encoder = new RowEncoder(bert, asked);
            return job.Run(arguments, streams, () => bert.ContentHash,
                lines => encoder.Encode(lines.Select(line => GivenRow.Create(line, bert.Tokenizer, options)), cancellation)
                .Select(row => new Answer(row.Line, json =>
            {
                for (int i = 0; i < asked.Count; i++)
                    json.WriteFloats(asked[i].Name, row.Results[i], asked[i].Dimensions(bert.Config, row.Length));
            })), cancellation);
        });
        return command;
    }
}
