using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertTokenClassifierTransformer), null, typeof(SignatureLoadModel), "BERT token classifier",
    BertTokenClassifierTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>
/// Adds columns of entities for a column of texts. Created by <see cref="BertTokenClassifierEstimator"/>, by a trainer, or loaded from
/// a model file.
/// </summary>
/// <inheritdoc/>
public sealed partial class BertTokenClassifierTransformer : BertTransformer
{
    internal const string LoaderSignature = "BertTokenClassifier";

    private static readonly VersionInfo Format = ComponentVersion.Create("BERTTOKC", LoaderSignature);

    private readonly BertTokenClassifierEstimator.Options _options;
    private readonly TokenClassificationTask _task;

    /// <param name="env">The environment.</param>
    /// <param name="options">The resolved options.</param>
    internal BertTokenClassifierTransformer(IHostEnvironment env, BertTokenClassifierEstimator.Options options) : base(env, options)
    {
        _options = options;
        _task = new TokenClassificationTask(options);
    }

    /// <summary>The labels of tokens, in the order of their probabilities.</summary>
    public IReadOnlyList<string> Labels => Model.Config.LabelNames;

    /// <summary>Creates a predictor of the entities in texts. It uses this transformer and does not dispose of it.</summary>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public BertPredictor<string, IReadOnlyList<BertEntity>> CreateEntityRecognizer()
    {
        StepColumns columns = TokenClassifierOutputs.ColumnsOf(_options);
        return CreatePredictor(Bind(columns.InputSchema), (string text) => [RowOf(text)], rows => BertEntity.Of(_task.AnswerOf(rows[0])));

        TokenClassificationTask.Row RowOf(string text)
        {
            var row = new TokenClassificationTask.Row { Text = text.AsMemory() };
            if (columns.HasWords)
                WordsColumn.Split(row);
            return row;
        }
    }

    private protected override VersionInfo Version => Format;

    internal static BertTokenClassifierTransformer Create(IHostEnvironment env, ModelLoadContext ctx) =>
        new(env, Load(env, ctx, Format, old => ReadV1(env, old), options => options.WordLabelsColumnName is null
            ? options
            : options with { Labels = ReadLabels(env, ctx, options) }).Resolve());

    private protected override void Release() => _task.Dispose();

    private protected override void SaveLearnt(ModelSaveContext ctx)
    {
        if (_options.WordLabelsColumnName is not null)
            _options.Labels!.Save(ctx, Host);
    }

    private protected override BatchMapper<TokenClassificationTask.Row, TokenWindow<float[][]>> Bind(DataViewSchema inputSchema) =>
        _task.Bind(TokenClassifierOutputs.ColumnsOf(_options), TokenClassifierOutputs.AnswersOf(_options), inputSchema);

    private static KeyValues ReadLabels(IHostEnvironment env, ModelLoadContext ctx, BertTokenClassifierEstimator.Options options) =>
        KeyValues.Load(ctx, env, options.Checkpoint.Config.NumLabels);
}
