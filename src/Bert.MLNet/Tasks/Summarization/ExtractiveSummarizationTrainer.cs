using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>
/// Fine-tunes a checkpoint to score the sentences of texts, given summaries that people wrote (BertSum; Liu and Lapata, 2019, "Text
/// Summarization with Pretrained Encoders").
/// </summary>
/// <remarks>
/// Input: a text column, and a column of summaries, which need not consist of sentences of the text. The labels are made from them: the
/// sentences that together have the highest ROUGE-1 and ROUGE-2, picked one after another. The encoder reads many sentences at once, each
/// with its own <c>[CLS]</c>, whose last hidden state a linear layer turns into a score. Longer texts are read in windows of whole
/// sentences. Output of the fitted transformer: the columns of <see cref="BertExtractiveSummarizerEstimator"/>, whose scores are
/// probabilities. To change columns or the length of summaries, pass its <see cref="BertTransformer.Model"/> to
/// <c>ApplyBertExtractiveSummarizer</c>.
/// <para>
/// The validation metric is the R-precision: the share of right sentences among those with the highest scores, as many as are right.
/// </para>
/// </remarks>
public sealed class ExtractiveSummarizationTrainer : IEstimator<BertExtractiveSummarizerTransformer>
{
    /// <summary>The options of <see cref="ExtractiveSummarizationTrainer"/>. Immutable.</summary>
    public sealed record Options : BertTrainingOptions
    {
        /// <summary>The name of the column of summaries: text, or a vector of text if there are several. Default "Target".</summary>
        public string LabelColumnName { get; init; } = "Target";

        /// <summary>The name of the text column. Default "Text".</summary>
        public string InputColumnName { get; init; } = "Text";

        /// <summary>The name of the column of summaries that the fitted transformer adds. Default "Summary".</summary>
        public string OutputColumnName { get; init; } = "Summary";

        /// <summary>
        /// The maximum number of sentences of a text that count as its summary, and the number of sentences in the summaries of the fitted
        /// transformer. Default 3.
        /// </summary>
        public int NumberOfSentences { get; init; } = 3;

        internal override void Check(BertModel model)
        {
            base.Check(model);
            Require(NumberOfSentences >= 1, nameof(NumberOfSentences), NumberOfSentences, "at least 1");
        }
    }

    private readonly IEstimator<BertExtractiveSummarizerTransformer> _trainer;

    internal ExtractiveSummarizationTrainer(IHostEnvironment env, Options options)
    {
        options = BertTrainingOptions.Resolve(options);
        options.Checkpoint.CheckMaxLength(options.MaxLength!.Value);
        IHost host = env.Register(nameof(ExtractiveSummarizationTrainer));
        host.CheckNonEmpty(options.LabelColumnName, nameof(options.LabelColumnName));
        _trainer = FineTuningTrainer.Create(host, options, new SummaryTraining(options));
    }

    /// <inheritdoc cref="FineTuningTrainer{TTarget, TModule, TTransformer}.GetOutputSchema"/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _trainer.GetOutputSchema(inputSchema);

    /// <inheritdoc cref="FineTuningTrainer{TTarget, TModule, TTransformer}.Fit"/>
    public BertExtractiveSummarizerTransformer Fit(IDataView input) => _trainer.Fit(input);
}
