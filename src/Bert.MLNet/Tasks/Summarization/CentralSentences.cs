using Bert.MLNet.Embeddings;
using Bert.MLNet.Encoders;
using Options = Bert.MLNet.BertExtractiveSummarizerEstimator.Options;

namespace Bert.MLNet.Tasks;

/// <summary>Scores sentences by how central their vectors are, and where they stand in the text. Thread-safe.</summary>
/// <param name="options">The resolved options.</param>
internal sealed class CentralSentences(Options options) : SummaryTask<TokenSequence<float[]>>(options)
{
    private readonly TextWork<VectorRow, TokenSequence<float[]>> _embedder = TextEmbedder.Open(options);
    private readonly float? _threshold = options.SimilarityThreshold;
    private readonly double _position = options.PositionWeight;

    public override void Run(ReadOnlySpan<TokenSequence<float[]>> batch) => _embedder.Run(batch);

    public override void Dispose() => _embedder.Dispose();

    protected override TokenSequence<float[]>[] Items(SummaryRow<TokenSequence<float[]>> row) =>
    [
        .. row.Sentences.Select(sentence =>
        {
            var part = new VectorRow { Text = row.Text[sentence.Start..sentence.End] };
            _embedder.Prepare(part, hasPair: false);
            return part.Items[0];
        }),
    ];

    protected override (float[] Scores, float[] Similarities) Score(TokenSequence<float[]>[] items)
    {
        float[] similarities = LexRank.Similarities([.. items.Select(item => item.Kept)]);
        double[] centralities = LexRank.Centralities(similarities, items.Length, _threshold);
        double highest = centralities.Max();
        return ([.. centralities.Select((centrality, i) => (float)((1 - _position) * centrality / highest
            + _position * (1 - (double)i / items.Length)))], similarities);
    }
}
