using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Tasks;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Scores pairs of texts with a checkpoint that was fine-tuned to read both at once: how alike they are, or how well a passage answers a query.</summary>
/// <remarks>
/// Input: two text columns; missing text is empty text, of a long pair the longer text is cut. Output: a <see cref="float"/>, as
/// sentence-transformers' <c>CrossEncoder</c> gives it, for ML.NET's <c>Regression.Evaluate</c>, or to sort passages by. Nothing is trained:
/// <see cref="BertTaskEstimator{TTransformer}.Fit"/> only checks the schema and opens the encoder.
/// </remarks>
public sealed class BertCrossEncoderEstimator : BertTaskEstimator<BertCrossEncoderTransformer>
{
    /// <summary>Settings of <see cref="BertCrossEncoderEstimator"/>.</summary>
    public sealed class Options : BertTaskOptions
    {
        /// <summary>The column of scores that is added. Default "Score".</summary>
        public string OutputColumnName { get; set; } = "Score";

        /// <summary>The column of first texts: queries, where passages are ranked. Default "Sentence1".</summary>
        public string InputColumnName1 { get; set; } = "Sentence1";

        /// <summary>The column of second texts. Default "Sentence2".</summary>
        public string InputColumnName2 { get; set; } = "Sentence2";

        /// <summary>What is done to the logit. Default null: what the checkpoint's files say, else <see cref="BertScoreActivation.Sigmoid"/>.</summary>
        public BertScoreActivation? Activation { get; set; }
    }

    private readonly CrossEncoderSettings _settings;

    internal BertCrossEncoderEstimator(IHostEnvironment env, BertModel model, Options options)
        : base(env, nameof(BertCrossEncoderEstimator), model, options)
    {
        EncoderOutput.SequenceLogits.Check(model);
        _settings = CrossEncoderSettings.Create(model, options);
        Columns = _settings.Columns.ToTextColumns();
    }

    private protected override StepColumns Columns { get; }

    private protected override BertCrossEncoderTransformer Create(IHostEnvironment env) => new(env, Model, _settings, Batching);
}
