using Bert.MLNet.Encoders;
using Options = Bert.MLNet.BertExtractiveSummarizerEstimator.Options;

namespace Bert.MLNet.Tasks;

/// <summary>
/// Scores sentences by a head that was trained for it: the probability that a sentence belongs to the summary. Thread-safe.
/// </summary>
/// <param name="options">The resolved options.</param>
internal sealed class TrainedSentences(Options options) : SummaryTask<SentenceWindow>(options)
{
    private readonly BertTokenizer _tokenizer = options.Checkpoint.Tokenizer;
    private readonly int _maxLength = options.MaxLength!.Value;
    private readonly EncoderSession _session = EncoderSession.Acquire(options.Checkpoint, new(EncoderOutput.TokenLogits));

    /// <summary>The labels of a sentence's first token: those of other sentences and of sentences of the summary.</summary>
    public static IReadOnlyList<string> Labels { get; } = ["OTHER", "SUMMARY"];

    public override void Run(ReadOnlySpan<SentenceWindow> batch) => _session.Run(batch, Keep);

    public override void Dispose() => _session.Dispose();

    protected override SentenceWindow[] Items(SummaryRow<SentenceWindow> row) =>
        SentenceWindow.Of(_tokenizer, row.Text, row.Sentences, _maxLength);

    protected override (float[] Scores, float[] Similarities) Score(SentenceWindow[] items)
    {
        float[] scores = [.. items.SelectMany(window => window.Kept)];
        Probabilities.Sigmoid(scores, scores);
        return (scores, Similarities([.. items.SelectMany(window => window.Sentences())]));
    }

    // Keeps the difference of the two logits, whose sigmoid is their softmax.
    private static void Keep(SentenceWindow window, SequenceOutputs outputs)
    {
        ReadOnlySpan<float> logits = outputs[0];
        window.Kept = new float[window.Starts.Count];
        for (int i = 0; i < window.Kept.Length; i++)
            window.Kept[i] = logits[2 * window.Starts[i] + 1] - logits[2 * window.Starts[i]];
    }

    // The cosines of the numbers of tokens that two sentences have; special tokens do not count.
    private float[] Similarities(IReadOnlyList<int>[] sentences)
    {
        Dictionary<int, int>[] counts =
            [.. sentences.Select(ids => ids.Where(id => !_tokenizer.IsSpecial(id)).CountBy(id => id).ToDictionary())];
        double[] lengths = [.. counts.Select(count => Math.Sqrt(count.Values.Sum(value => (double)value * value)))];
        float[] similarities = new float[counts.Length * counts.Length];
        for (int i = 0; i < counts.Length; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double product = counts[i].Sum(pair => (double)pair.Value * counts[j].GetValueOrDefault(pair.Key));
                float cosine = product > 0 ? (float)(product / (lengths[i] * lengths[j])) : 0;
                similarities[i * counts.Length + j] = similarities[j * counts.Length + i] = cosine;
            }
        }
        return similarities;
    }
}
