using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertCrossEncoderTransformer), null, typeof(SignatureLoadModel), "BERT cross-encoder",
    BertCrossEncoderTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>
/// Adds a column of scores for two columns of texts. Created by <see cref="BertCrossEncoderEstimator"/>, by a trainer, or loaded from a
/// model file.
/// </summary>
/// <inheritdoc/>
public sealed partial class BertCrossEncoderTransformer : BertTransformer
{
    internal const string LoaderSignature = "BertCrossEncoder";

    private static readonly VersionInfo Format = ComponentVersion.Create("BERTCROS", LoaderSignature);

    private readonly BertCrossEncoderEstimator.Options _options;
    private readonly StepColumns _columns;
    private readonly SequenceScorer _scorer;

    /// <param name="env">The environment.</param>
    /// <param name="options">The resolved options.</param>
    internal BertCrossEncoderTransformer(IHostEnvironment env, BertCrossEncoderEstimator.Options options) : base(env, options)
    {
        _options = options;
        _columns = PairScoreColumns.Of(options.InputColumnName, options.PairColumnName, options.OutputColumnName);
        _scorer = new SequenceScorer(options.Checkpoint, EncoderOutput.SequenceLogits, options.MaxLength!.Value);
    }

    /// <summary>
    /// Creates a predictor of the order of passages for a query, the passage with the highest score first. It uses this transformer
    /// and does not dispose of it.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public BertPredictor<BertRankingQuery, IReadOnlyList<BertRankedPassage>> CreateReranker() => CreatePredictor(
        Bind(_columns.InputSchema),
        (BertRankingQuery query) =>
            [.. query.Passages.Select(passage => new VectorRow { Text = query.Query.AsMemory(), Pair = passage.AsMemory() })],
        rows => BertRankedPassage.Sorted([.. rows.Select(row => row.Pair.ToString())], [.. rows.Select(ScoreOf)]));

    private protected override VersionInfo Version => Format;

    internal static BertCrossEncoderTransformer Create(IHostEnvironment env, ModelLoadContext ctx) =>
        new(env, Load(env, ctx, Format, ReadV1).Resolve());

    private protected override void Release() => _scorer.Dispose();

    private protected override BatchMapper<VectorRow, TokenSequence<float[]>> Bind(DataViewSchema inputSchema) =>
        _scorer.Bind(_columns, inputSchema, (_, current) => (ValueGetter<float>)((ref float value) => value = ScoreOf(current())));

    private float ScoreOf(VectorRow row)
    {
        float logit = row.Vector()[0];
        return _options.Activation == BertScoreActivation.Sigmoid ? 1 / (1 + MathF.Exp(-logit)) : logit;
    }
}
