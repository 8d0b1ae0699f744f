using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertCrossEncoderTransformer), null, typeof(SignatureLoadModel), "BERT cross-encoder", BertCrossEncoderTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>Adds a column of scores to two columns of texts. Made by <see cref="BertCrossEncoderEstimator"/>, by a trainer, or loaded from a model file.</summary>
/// <inheritdoc/>
public sealed class BertCrossEncoderTransformer : BertTaskTransformer
{
    internal const string LoaderSignature = "BertCrossEncoder";

    private static readonly VersionInfo Format = ComponentVersion.Create("BERTCROS", LoaderSignature, written: ComponentVersion.Quantized);

    private readonly CrossEncoderSettings _settings;
    private readonly StepColumns _columns;
    private readonly SequenceScorer _scorer;

    internal BertCrossEncoderTransformer(IHostEnvironment env, BertModel model, CrossEncoderSettings settings, BertBatchOptions batching)
        : base(env, nameof(BertCrossEncoderTransformer), model, batching)
    {
        _settings = settings;
        _columns = settings.Columns.ToTextColumns();
        _scorer = new SequenceScorer(model, EncoderOutput.SequenceLogits, settings.MaxLength);
    }

    private protected override void Release() => _scorer.Dispose();

    private protected override VersionInfo Version => Format;

    internal static BertCrossEncoderTransformer Create(IHostEnvironment env, ModelLoadContext ctx) =>
        Load(ctx, Format, (model, batching) => new BertCrossEncoderTransformer(env, model, CrossEncoderSettings.Load(ctx, model), batching));

    private protected override void SaveSettings(ModelSaveContext ctx) => _settings.Save(ctx);

    private protected override BatchMapper Bind(DataViewSchema inputSchema) => _scorer.Bind(_columns, inputSchema, (_, current) => Score(current));

    private ValueGetter<float> Score(Func<VectorRow> current) => (ref float value) =>
    {
        float logit = current().Vector()[0];
        value = _settings.Activation == BertScoreActivation.Sigmoid ? 1 / (1 + MathF.Exp(-logit)) : logit;
    };
}
