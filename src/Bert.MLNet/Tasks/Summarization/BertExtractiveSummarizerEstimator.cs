using Bert.MLNet.DataViews;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Summarizes texts by the sentences that say most, in the order of the text.</summary>
/// <remarks>
/// <para>
/// A text is divided into sentences by punctuation, with attention to abbreviations, initials, numbers, and Chinese and Japanese full
/// stops. Each sentence becomes a vector, as in <c>ApplyBertEmbedding</c>. Sentences that are similar to many others are central: their
/// score is the probability of reaching them on a random walk along similarities (LexRank; Erkan and Radev, 2004), divided by the highest
/// one. They are picked one after the other, by score and difference from those already picked (maximal marginal relevance; Carbonell and
/// Goldstein, 1998).
/// </para>
/// <para>
/// If the checkpoint was trained by <see cref="ExtractiveSummarizationTrainer"/>, the scores are those of its head instead, and sentences
/// are compared by their tokens.
/// </para>
/// <para>
/// Input: a text column; missing text is treated as empty text. Output: the summary (text), the indexes of its sentences, and scores and
/// positions of all sentences of the text, which show why they were picked. An empty text has an empty summary and empty vectors.
/// <see cref="Fit"/> only checks the schema and opens the encoder.
/// </para>
/// </remarks>
public sealed partial class BertExtractiveSummarizerEstimator : IEstimator<BertExtractiveSummarizerTransformer>
{
    private readonly TextEstimator<BertExtractiveSummarizerTransformer> _step;

    /// <summary>
    /// Returns whether a checkpoint was trained to score sentences, as <see cref="ExtractiveSummarizationTrainer"/> does: it classifies
    /// tokens, and its labels are OTHER and SUMMARY.
    /// </summary>
    /// <param name="model">The checkpoint.</param>
    public static bool ScoresSentences(BertModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Config.Head(HeadKind.TokenClassification) is { } head && model.Config.Names(head)
            && model.Config.LabelNames.SequenceEqual(TrainedSentences.Labels);
    }

    internal BertExtractiveSummarizerEstimator(IHostEnvironment env, Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options = options.ResolveAll();
        IHost host = env.Register(nameof(BertExtractiveSummarizerEstimator));
        _step = new(host, SummaryOutputs.ColumnsOf(options), () => new BertExtractiveSummarizerTransformer(host, options));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or is not text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _step.GetOutputSchema(inputSchema);

    /// <summary>Creates the transformer. Dispose it, or the chain that contains it, when it is no longer used.</summary>
    /// <param name="input">The data. Only its schema is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or is not text.</exception>
    public BertExtractiveSummarizerTransformer Fit(IDataView input) => _step.Fit(input);

    internal BertExtractiveSummarizerTransformer Create() => _step.Create();
}
