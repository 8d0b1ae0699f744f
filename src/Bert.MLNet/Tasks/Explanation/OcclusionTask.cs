using System.Numerics.Tensors;
using Bert.MLNet.Embeddings;
using Bert.MLNet.Encoders;
using Options = Bert.MLNet.BertExplanationEstimator.Options;

namespace Bert.MLNet.Tasks;

/// <summary>
/// Weighs each word by the drop of the score when another token takes the place of its tokens. The rows of all words share batches.
/// Thread-safe.
/// </summary>
/// <param name="options">The resolved options.</param>
internal sealed class OcclusionTask(Options options) : ExplanationTask<TokenSequence<float[]>>(options)
{
    private readonly bool _isSimilarity = options.Target == BertExplanationTarget.Similarity;
    private readonly int? _label = options.LabelIndex;
    private readonly int _hidden = options.HiddenTokenId, _maxLength = options.MaxLength!.Value;
    private readonly TextWork<VectorRow, TokenSequence<float[]>> _model = options.ReadsVectors
        ? TextEmbedder.Open(options.Embedding)
        : new SequenceScorer(options.Checkpoint, EncoderOutput.SequenceLogits, options.MaxLength!.Value);

    public override void Run(ReadOnlySpan<TokenSequence<float[]>> batch) => _model.Run(batch);

    public override void Dispose() => _model.Dispose();

    protected override TokenSequence<float[]>[] Items(ExplainedTexts texts) =>
    [
        .. texts.Sequences.Select(sequence => sequence.Tokens(_hidden)),
        .. texts.Words.Select(word => word.Sequence.Tokens(_hidden, word.Word)),
    ];

    protected override (float Score, IEnumerable<float> Weights, int Label) Weigh(ExplainedTexts texts, TokenSequence<float[]>[] items)
    {
        float[][] whole = [.. items[..texts.Sequences.Count].Select(item => item.Kept)];
        float[][] occluded = [.. items[texts.Sequences.Count..].Select(item => item.Kept)];
        if (_isSimilarity)
        {
            float cosine = BertSimilarity.Cosine.Compute(whole[0], whole[1]);
            return (cosine, texts.Words.Zip(occluded, (word, vector) =>
                cosine - BertSimilarity.Cosine.Compute(vector, whole[1 - word.Word.SequenceId])), 0);
        }
        int label = _label ?? TensorPrimitives.IndexOfMax<float>(whole[0]);
        return (whole[0][label], occluded.Select(logits => whole[0][label] - logits[label]), label);
    }

    // Every word has a copy of the tokens of its text. There are rarely more words than tokens, or more tokens than characters.
    protected override long ResultSize(ExplanationRow<TokenSequence<float[]>> row)
    {
        (long text, long pair) = (row.Text.Length, row.Pair.Length);
        return _isSimilarity ? Squared(text) + Squared(pair) : Squared(text + pair);

        long Squared(long length) => Math.Min(length, _maxLength) * Math.Min(length, _maxLength) * sizeof(int);
    }
}
