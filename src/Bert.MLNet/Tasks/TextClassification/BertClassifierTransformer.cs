using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertClassifierTransformer), null, typeof(SignatureLoadModel), "BERT classifier",
    BertClassifierTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>
/// Adds columns of labels and probabilities for one or two columns of texts. Created by <see cref="BertClassifierEstimator"/>, by a
/// trainer, or loaded from a model file.
/// </summary>
/// <inheritdoc/>
public sealed partial class BertClassifierTransformer : BertTransformer
{
    internal const string LoaderSignature = "BertClassifier";

    private static readonly VersionInfo Format = ComponentVersion.Create("BERTCLAS", LoaderSignature);

    private readonly BertClassifierEstimator.Options _options;
    private readonly ClassifierOutputs _outputs;
    private readonly TextWork<VectorRow, TokenSequence<float[]>> _scorer;

    /// <param name="env">The environment.</param>
    /// <param name="options">The resolved options.</param>
    internal BertClassifierTransformer(IHostEnvironment env, BertClassifierEstimator.Options options) : base(env, options)
    {
        _options = options;
        _outputs = new ClassifierOutputs(options);
        _scorer = options.OpenScorer();
    }

    /// <summary>The labels as text, in the order of keys and slots.</summary>
    public IReadOnlyList<string> Labels => _options.Labels!.Names;

    /// <summary>
    /// The probability below which the most probable label is considered wrong, as given in
    /// <see cref="BertClassifierEstimator.Options.ScopeThreshold"/> or determined by a trainer; null if there is none.
    /// </summary>
    public float? ScopeThreshold => _options.ScopeThreshold;

    private protected override VersionInfo Version => Format;

    internal static BertClassifierTransformer Create(IHostEnvironment env, ModelLoadContext ctx) =>
        new(env, Load(ctx, Format, old => ReadV1(env, old),
            options => options with { Labels = KeyValues.Load(ctx, env, options.LabelCount) }).Resolve());

    private protected override void Release() => _scorer.Dispose();

    private protected override void SaveLearnt(ModelSaveContext ctx) => _options.Labels!.Save(ctx, Host);

    private protected override BatchMapper Bind(DataViewSchema inputSchema) =>
        _scorer.Bind(_outputs.Columns, inputSchema, _outputs.CreateGetter);
}
