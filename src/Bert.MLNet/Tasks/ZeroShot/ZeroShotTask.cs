using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Microsoft.ML;
using Options = Bert.MLNet.BertZeroShotClassifierEstimator.Options;

namespace Bert.MLNet.Tasks;

/// <summary>
/// Computes how well candidate labels describe a text, from the logits of natural language inference for the text and the hypothesis of
/// each label. A text is tokenized once for all its labels. Thread-safe.
/// </summary>
/// <param name="options">The resolved options.</param>
internal sealed class ZeroShotTask(Options options)
    : TextStep<ZeroShotRow, TokenSequence<float[]>>(options.Checkpoint, new(EncoderOutput.SequenceLogits))
{
    private readonly BertTokenizer _tokenizer = options.Checkpoint.Tokenizer;
    private readonly Hypotheses _hypotheses = new(options.Checkpoint.Tokenizer, options.HypothesisTemplate, options.MaxLength!.Value);
    private readonly int _entailment = options.EntailmentId, _contradiction = options.ContradictionId;

    /// <summary>Creates a mapper of these columns.</summary>
    public BatchMapper<ZeroShotRow, TokenSequence<float[]>> Bind(
        StepColumns columns, AnswerColumns<ZeroShotRow> answers, DataViewSchema schema) =>
        Bind(columns, schema, (output, current) => answers.CreateGetter(output, () => Scored(current())));

    /// <summary>Returns a row whose sequences have been computed, with its scores.</summary>
    public ZeroShotRow Scored(ZeroShotRow row)
    {
        row.Scores ??= ScoresOf(row.Items);
        return row;
    }

    protected override void Tokenize(ZeroShotRow row, bool hasPair)
    {
        row.Scores = null;
        row.Candidates = options.CandidateLabelsColumnName is null ? options.CandidateLabels : row.Labels;
        if (row.Items.Length != row.Candidates.Count)
            row.Items = [.. Enumerable.Range(0, row.Candidates.Count).Select(_ => new TokenSequence<float[]>())];
        row.Tokens.Clear();
        _tokenizer.EncodeTo(row.Text.Span, row.Tokens, options.MaxLength!.Value);
        ReadOnlySpan<int> text = CollectionsMarshal.AsSpan(row.Tokens);
        for (int i = 0; i < row.Items.Length; i++)
        {
            TokenSequence<float[]> sequence = row.Items[i];
            sequence.Ids.Clear();
            _tokenizer.Join(text, _hypotheses.TokensOf(row.Candidates[i]), options.MaxLength!.Value, BertTruncation.OnlyFirst,
                sequence.Ids, out int pairStart);
            sequence.PairStart = pairStart;
        }
    }

    protected override void Keep(TokenSequence<float[]> sequence, SequenceOutputs outputs) => sequence.Keep(outputs[0]);

    // Every label has a copy of the text's tokens. A token has at least three characters in most languages.
    protected override long ResultSize(ZeroShotRow row)
    {
        int labels = options.CandidateLabelsColumnName is null ? options.CandidateLabels.Count : row.Labels.Count;
        return labels * (Math.Min(row.Text.Length / 3, options.MaxLength!.Value) + (long)options.Checkpoint.Config.NumLabels) * sizeof(int);
    }

    private float[] ScoresOf(TokenSequence<float[]>[] sequences)
    {
        float[] scores = [.. sequences.Select(sequence => sequence.Kept[_entailment])];
        if (options.MultiLabel || scores.Length == 1)
        {
            // The softmax of two logits is the sigmoid of their difference.
            TensorPrimitives.Subtract(scores, [.. sequences.Select(sequence => sequence.Kept[_contradiction])], scores);
            Probabilities.Sigmoid(scores, scores);
        }
        else if (scores.Length > 1)
        {
            Probabilities.Softmax(scores, scores);
        }
        return scores;
    }
}
