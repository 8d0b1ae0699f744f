using System.CommandLine;
using System.Globalization;
using Bert.MLNet.Cli.CodeGeneration;
using Bert.MLNet.Cli.Verbs;
using Bert.MLNet.Models;

namespace Bert.MLNet.Cli.Training;

/// <summary>An encoder reads a text, and a decoder writes another one.</summary>
internal sealed class AbstractiveMethod : WritingMethod
{
    private readonly WritingTask _task;
    private readonly DecoderStart _decoder;

    private readonly Option<BertTextMetric> _metric = CommonOptions.Choice(
        "--validation-metric", "How epochs are compared: by the loss, or by the texts that are written for the validation rows, which " +
        "takes longer", BertTextMetric.Loss,
        ("loss", BertTextMetric.Loss), ("bleu", BertTextMetric.Bleu), ("rouge-l", BertTextMetric.RougeL));

    private readonly Option<double> _smoothing = new("--label-smoothing")
    {
        Description = "The part of the correct token's probability that is spread over the vocabulary in the training loss.",
        DefaultValueFactory = _ => 0.1,
    };

    private readonly Option<bool> _freeze = new("--freeze-encoder") { Description = "Whether only the decoder is trained." };

    public AbstractiveMethod(WritingTask task)
    {
        (_task, _decoder) = (task, new DecoderStart(task));
        CommonOptions.Require(_smoothing, value => value is >= 0 and < 1, "at least 0 and less than 1");
    }

    public override IReadOnlyList<Option> Options => [.. _decoder.All, _metric, _smoothing, _freeze];

    public override string Asks => _task.Asks;

    public override WritingPlan Plan(
        ParseResult arguments, BertModel bert, IEnumerable<string> targets, int seed, CancellationToken cancellation)
    {
        (BertModel start, Func<string, string> code) = _decoder.Create(arguments, bert, targets, seed, cancellation);
        BertDecoder decoder = start.Decoder!;
        var options = new SequenceToSequenceTrainer.Options
        {
            ValidationMetric = arguments.GetValue(_metric),
            LabelSmoothingFactor = arguments.GetValue(_smoothing),
            FreezeEncoder = arguments.GetValue(_freeze),
        };
        return new(
            start, string.Create(CultureInfo.InvariantCulture,
                $"Encoder: {start}; decoder: {decoder.Config.NumHiddenLayers} layers of {decoder.Config.HiddenSize}, " +
                $"{decoder.Tokenizer.Vocabulary.Size} tokens."),
            options,
            (ml, complete) => ml.MulticlassClassification.Trainers.SequenceToSequence((SequenceToSequenceTrainer.Options)complete),
            (settings, complete, folder, sample) => WritingCode.Create(
                _task, settings, (SequenceToSequenceTrainer.Options)complete, code(Path.Combine(folder, DecoderFiles.TokenizerFolder)),
                sample));
    }
}
