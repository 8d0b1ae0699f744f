using Bert.MLNet.Encoders;

namespace Bert.MLNet.Tasks;

/// <summary>Computes the logits of a row's labels from a text or pair of texts. Thread-safe.</summary>
/// <param name="model">The checkpoint.</param>
/// <param name="logits">The head's logits: one for each label of a row.</param>
/// <param name="maxLength">The maximum length of a sequence in tokens.</param>
internal sealed class SequenceScorer(BertModel model, EncoderOutput logits, int maxLength)
    : TextStep<VectorRow, TokenSequence<float[]>>(model, new(logits))
{
    private readonly BertTokenizer _tokenizer = model.Tokenizer;

    protected override void Tokenize(VectorRow row, bool hasPair)
    {
        if (row.Items.Length == 0)
            row.Items = [new()];
        TokenSequence<float[]> sequence = row.Items[0];
        sequence.Ids.Clear();
        _tokenizer.EncodeTo(row.Text.Span, row.Pair.Span, hasPair, maxLength, BertTruncation.LongestFirst, sequence.Ids, out int pairStart);
        sequence.PairStart = pairStart;
    }

    protected override void Keep(TokenSequence<float[]> sequence, SequenceOutputs outputs) => sequence.Keep(outputs[0]);
}
