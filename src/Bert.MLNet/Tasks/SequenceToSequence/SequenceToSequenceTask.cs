using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Generation;
using Microsoft.ML;
using Options = Bert.MLNet.BertSequenceToSequenceEstimator.Options;

namespace Bert.MLNet.Tasks;

/// <summary>Writes texts for sources. Thread-safe.</summary>
/// <param name="options">The resolved options.</param>
/// <param name="checkAlive">Called before each token; throws if the user has cancelled.</param>
internal sealed class SequenceToSequenceTask(Options options, Action checkAlive)
    : TextWork<WrittenRow, TokenSequence<GeneratedSequence[]>>
{
    private readonly BertTokenizer _source = options.Checkpoint.Tokenizer;
    private readonly TextGenerator _generator = new(options.Checkpoint);

    /// <summary>Creates a mapper of these columns.</summary>
    public BatchMapper<WrittenRow, TokenSequence<GeneratedSequence[]>> Bind(
        StepColumns columns, AnswerColumns<WrittenRow> answers, DataViewSchema schema) =>
        Bind(columns, schema, answers.CreateGetter);

    public override void Run(ReadOnlySpan<TokenSequence<GeneratedSequence[]>> batch) =>
        _generator.Run(batch, options.Generation!, checkAlive);

    public override void Dispose() => _generator.Dispose();

    protected override void Tokenize(WrittenRow row, bool hasPair)
    {
        row.Written = null;
        if (row.Items.Length == 0)
            row.Items = [new TokenSequence<GeneratedSequence[]>()];
        TokenSequence<GeneratedSequence[]> sequence = row.Items[0];
        sequence.Ids.Clear();
        int maxLength = options.MaxLength!.Value;
        _source.EncodeTo(row.Text.Span, default, hasPair: false, maxLength,
            options.RefuseLongTexts ? BertTruncation.None : BertTruncation.OnlyFirst, sequence.Ids, out int pairStart);
        if (sequence.Length > maxLength)
            throw new InvalidOperationException(
                $"The text has {sequence.Length} tokens, and {nameof(options.RefuseLongTexts)} is set: {nameof(options.MaxLength)} is " +
                $"{maxLength}. Shorten the text, raise the option, or let texts be truncated.");
        sequence.PairStart = pairStart;
    }
}
