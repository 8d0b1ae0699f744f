using System.Numerics.Tensors;
using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
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

    /// <summary>Whether it reads pairs of texts, and not single ones.</summary>
    public bool ReadsPairs => _options.PairColumnName is not null;

    /// <summary>
    /// The probability below which the most probable label is considered wrong, as given in
    /// <see cref="BertClassifierEstimator.Options.ScopeThreshold"/> or determined by a trainer; null if there is none.
    /// </summary>
    public float? ScopeThreshold => _options.ScopeThreshold;

    /// <summary>
    /// The Euclidean distance of a text's logits from the nearest center of a label beyond which the text is out of scope, as determined by
    /// a trainer with <see cref="BertScopeMethod.Distance"/>; null if there is none.
    /// </summary>
    public float? ScopeDistance => _options.ScopeDistance;

    /// <summary>Creates a predictor of labels from texts. It uses this transformer and does not dispose of it.</summary>
    /// <param name="topK">
    /// The number of labels to return, most probable first. Default 1; null for all. The score of a label is its probability: the
    /// softmax or the sigmoid of its logit, by <see cref="BertProblemType"/>; of a regression, the logit.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="topK"/> is less than 1.</exception>
    /// <exception cref="InvalidOperationException">The transformer reads pairs of texts.</exception>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public BertPredictor<string, IReadOnlyList<BertLabelScore>> CreateClassifier(int? topK = 1)
    {
        if (_options.PairColumnName is { } pair)
            throw new InvalidOperationException(
                $"The classifier reads pairs of texts, the second from column '{pair}'. Use {nameof(CreatePairClassifier)}.");
        return Create(topK, (string text) => new VectorRow { Text = text.AsMemory() });
    }

    /// <summary>Creates a predictor of labels from pairs of texts. It uses this transformer and does not dispose of it.</summary>
    /// <param name="topK">The number of labels to return, most probable first. Default 1; null for all.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="topK"/> is less than 1.</exception>
    /// <exception cref="InvalidOperationException">The transformer reads one text.</exception>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public BertPredictor<BertTextPair, IReadOnlyList<BertLabelScore>> CreatePairClassifier(int? topK = 1)
    {
        if (_options.PairColumnName is null)
            throw new InvalidOperationException(
                $"The classifier reads one text, from column '{_options.InputColumnName}'. Use {nameof(CreateClassifier)}.");
        return Create(topK, (BertTextPair pair) => new VectorRow { Text = pair.Text.AsMemory(), Pair = pair.Pair.AsMemory() });
    }

    /// <summary>Replaces this transformer, which is disposed of, by one whose logits are divided by a number.</summary>
    /// <param name="temperature">The number.</param>
    internal BertClassifierTransformer WithTemperature(double temperature)
    {
        BertModel model = _options.Checkpoint;
        HeadLayer last = model.Config.Head(HeadKind.SequenceClassification)!.Layers[^1];
        BertWeights weights = model.TrainableWeights!;
        foreach (string name in new[] { last.Weight, last.Bias }.OfType<string>())
        {
            float[] values = new float[weights[name].Count];
            weights[name].CopyTo(values);
            TensorPrimitives.Multiply(values, (float)(1 / temperature), values);
            weights = weights.With(name, values);
        }
        Dispose();
        return new(Host, (_options with { Model = model.WithTrained(model.Config, weights, model.Sentence) }).Resolve());
    }

    private protected override VersionInfo Version => Format;

    internal static BertClassifierTransformer Create(IHostEnvironment env, ModelLoadContext ctx) =>
        new(env, Load(env, ctx, Format, old => ReadV1(env, old), options =>
        {
            KeyValues labels = KeyValues.Load(ctx, env, options.LabelCount);
            return options with
            {
                Labels = labels,
                ScopeCenters = options.ScopeDistance is null ? null : ClassCenters.Load(ctx.Reader, options.LabelCount),
            };
        }).Resolve());

    private protected override void Release() => _scorer.Dispose();

    private protected override void SaveLearnt(ModelSaveContext ctx)
    {
        _options.Labels!.Save(ctx, Host);
        _options.ScopeCenters?.Save(ctx.Writer);
    }

    private protected override BatchMapper<VectorRow, TokenSequence<float[]>> Bind(DataViewSchema inputSchema) =>
        _scorer.Bind(_outputs.Columns, inputSchema, _outputs.CreateGetter);

    private BertPredictor<TInput, IReadOnlyList<BertLabelScore>> Create<TInput>(int? topK, Func<TInput, VectorRow> rowOf)
        where TInput : class
    {
        int count = topK ?? Labels.Count;
        if (count < 1)
            throw new ArgumentOutOfRangeException(
                nameof(topK), $"{nameof(topK)} is {topK}; it must be at least 1, or null for all labels.");
        return CreatePredictor(
            Bind(_outputs.Columns.InputSchema), (TInput input) => [rowOf(input)], rows => _outputs.Best(rows[0].Vector(), count));
    }
}
