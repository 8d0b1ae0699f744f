using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertClassifierTransformer), null, typeof(SignatureLoadModel), "BERT classifier", BertClassifierTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>Adds columns of labels and probabilities to one or two columns of texts. Made by <see cref="BertClassifierEstimator"/>, by a trainer, or loaded from a model file.</summary>
/// <inheritdoc/>
public sealed class BertClassifierTransformer : BertTaskTransformer
{
    internal const string LoaderSignature = "BertClassifier";

    private static readonly VersionInfo Format = ComponentVersion.Create("BERTCLAS", LoaderSignature, written: ComponentVersion.Quantized);

    private readonly ClassifierSettings _settings;
    private readonly ClassifierOutputs _outputs;
    private readonly SequenceScorer _scorer;

    internal BertClassifierTransformer(IHostEnvironment env, BertModel model, ClassifierSettings settings, BertBatchOptions batching)
        : base(env, nameof(BertClassifierTransformer), model, batching)
    {
        _settings = settings;
        _outputs = new ClassifierOutputs(settings);
        _scorer = new SequenceScorer(model, settings.Logits, settings.MaxLength);
    }

    /// <summary>The labels as text, in the order of keys and slots.</summary>
    public IReadOnlyList<string> Labels => _settings.Labels.Names;

    private protected override void Release() => _scorer.Dispose();

    private protected override VersionInfo Version => Format;

    internal static BertClassifierTransformer Create(IHostEnvironment env, ModelLoadContext ctx) =>
        Load(ctx, Format, (model, batching) => new BertClassifierTransformer(env, model, ClassifierSettings.Load(ctx, env, model), batching));

    private protected override void SaveSettings(ModelSaveContext ctx) => _settings.Save(ctx, Host);

    private protected override BatchMapper Bind(DataViewSchema inputSchema) => _scorer.Bind(_outputs.Columns, inputSchema, _outputs.CreateGetter);
}
