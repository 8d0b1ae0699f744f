using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertTokenClassifierTransformer), null, typeof(SignatureLoadModel), "BERT token classifier", BertTokenClassifierTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>Adds columns of entities to a column of texts. Made by <see cref="BertTokenClassifierEstimator"/>, by a trainer, or loaded from a model file.</summary>
/// <inheritdoc/>
public sealed class BertTokenClassifierTransformer : BertTaskTransformer
{
    internal const string LoaderSignature = "BertTokenClassifier";

    private static readonly VersionInfo Format = ComponentVersion.Create("BERTTOKC", LoaderSignature, written: ComponentVersion.Quantized);

    private readonly TokenClassifierSettings _settings;
    private readonly TokenClassificationTask _task;

    internal BertTokenClassifierTransformer(IHostEnvironment env, BertModel model, TokenClassifierSettings settings, BertBatchOptions batching)
        : base(env, nameof(BertTokenClassifierTransformer), model, batching)
    {
        _settings = settings;
        _task = new TokenClassificationTask(model, settings);
    }

    /// <summary>The labels of tokens, in the order of their probabilities.</summary>
    public IReadOnlyList<string> Labels => Model.Config.LabelNames;

    private protected override void Release() => _task.Dispose();

    private protected override VersionInfo Version => Format;

    internal static BertTokenClassifierTransformer Create(IHostEnvironment env, ModelLoadContext ctx) =>
        Load(ctx, Format, (model, batching) => new BertTokenClassifierTransformer(env, model, TokenClassifierSettings.Load(ctx, env, model), batching));

    private protected override void SaveSettings(ModelSaveContext ctx) => _settings.Save(ctx, Host);

    private protected override BatchMapper Bind(DataViewSchema inputSchema) => _task.Bind(_settings.Columns, _settings.Answers, inputSchema);
}
