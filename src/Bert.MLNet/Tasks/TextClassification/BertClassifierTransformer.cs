using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertClassifierTransformer), null, typeof(SignatureLoadModel), "BERT classifier", BertClassifierTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>Adds columns of labels and probabilities to one or two columns of texts. Made by <see cref="BertClassifierEstimator"/>, by a trainer, or loaded from a model file.</summary>
/// <remarks>Thread-safe. Holds a native session until it is disposed; transformers over one <see cref="BertModel"/> share it.</remarks>
public sealed class BertClassifierTransformer : BatchTransformer
{
    internal const string LoaderSignature = "BertClassifier";

    private static readonly VersionInfo Version = ComponentVersion.Create("BERTCLAS", LoaderSignature);

    private readonly ClassifierSettings _settings;
    private readonly ClassifierOutputs _outputs;
    private readonly SequenceScorer _scorer;

    internal BertClassifierTransformer(IHostEnvironment env, BertModel model, ClassifierSettings settings, BertBatchOptions batching)
        : base(env.Register(nameof(BertClassifierTransformer)), batching)
    {
        Model = model;
        _settings = settings;
        _outputs = new ClassifierOutputs(settings);
        _scorer = new SequenceScorer(model, settings.Logits, settings.MaxLength, settings.PairColumnName is not null);
    }

    /// <summary>The checkpoint with its head, for instance to be saved in HuggingFace's form.</summary>
    public BertModel Model { get; }

    /// <summary>The labels as text, in the order of keys and slots.</summary>
    public IReadOnlyList<string> Labels => _settings.Labels.Names;

    /// <inheritdoc/>
    public override void Dispose() => _scorer.Dispose();

    internal static BertClassifierTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ComponentVersion.Check(ctx, Version);
        BertBatchOptions batching = BertBatchOptions.Load(ctx.Reader);
        BertModel model = BertModel.Load(ctx);
        return new BertClassifierTransformer(env, model, ClassifierSettings.Load(ctx, env, model), batching);
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version);
        Batching.Save(ctx.Writer);
        Model.Save(ctx);
        _settings.Save(ctx, Host);
    }

    private protected override BatchMapper Bind(DataViewSchema inputSchema) => _scorer.Bind(_outputs.Columns, inputSchema, _outputs.CreateGetter);
}
