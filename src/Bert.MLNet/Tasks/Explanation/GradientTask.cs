using System.Numerics.Tensors;
using Bert.MLNet.Encoders;
using Bert.MLNet.Training;
using Options = Bert.MLNet.BertExplanationEstimator.Options;

namespace Bert.MLNet.Tasks;

/// <summary>
/// Weighs each word by the integrated gradients of its tokens. The baseline has another token in place of the tokens of all words.
/// Thread-safe.
/// </summary>
/// <param name="options">The resolved options.</param>
internal sealed class GradientTask(Options options) : ExplanationTask<GradientItem>(options)
{
    private readonly int? _label = options.LabelIndex;
    private readonly int _hidden = options.HiddenTokenId;
    private readonly IntegratedGradients _gradients = Open(options);

    public override void Run(ReadOnlySpan<GradientItem> batch)
    {
        foreach (GradientItem item in batch)
        {
            float[] scores = _gradients.Scores(item.Sequences);
            item.Explained = _label ?? TensorPrimitives.IndexOfMax<float>(scores);
            item.Score = scores[item.Explained];
            item.Shares = _gradients.Shares(item.Sequences, item.Baselines, item.Explained);
        }
    }

    public override void Dispose() => _gradients.Dispose();

    protected override GradientItem[] Items(ExplainedTexts texts) =>
    [
        new(
            [.. texts.Sequences.Select(sequence => RowOf(sequence.Tokens(_hidden)))],
            [.. texts.Sequences.Select(sequence => RowOf(sequence.Tokens(_hidden, [.. sequence.Words])))]),
    ];

    protected override (float Score, IEnumerable<float> Weights, int Label) Weigh(ExplainedTexts texts, GradientItem[] items)
    {
        GradientItem item = items[0];
        IEnumerable<float> weights = texts.Sequences.Zip(item.Shares, (sequence, shares) =>
            sequence.Words.Select(word => (float)shares[word.FirstToken..word.EndToken].Sum())).SelectMany(some => some);
        return (item.Score, weights, item.Explained);
    }

    private static IntegratedGradients Open(Options options)
    {
        BertModel model = options.Checkpoint.WithWeights();
        if (options.Target == BertExplanationTarget.Similarity)
            return IntegratedGradients.OfCosine(model, options.Embedding.Dimension, options.NumberOfSteps);
        return options.ReadsVectors
            ? IntegratedGradients.OfVector(model, options.NumberOfSteps)
            : IntegratedGradients.OfLogits(model, options.NumberOfSteps);
    }

    private static EncodedRow RowOf(TokenSequence<float[]> sequence) => new([.. sequence.Ids], sequence.PairStart);
}
