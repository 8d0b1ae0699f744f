using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Generation;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertSequenceToSequenceTransformer), null, typeof(SignatureLoadModel), "BERT sequence to sequence",
    BertSequenceToSequenceTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>
/// Adds a column of texts that a decoder writes for a column of texts. Created by <see cref="BertSequenceToSequenceEstimator"/>
/// or <see cref="SequenceToSequenceTrainer"/>, or loaded from a model file.
/// </summary>
/// <inheritdoc/>
public sealed class BertSequenceToSequenceTransformer : BertTransformer
{
    internal const string LoaderSignature = "BertSequenceToSequence";

    private static readonly VersionInfo Format = ComponentVersion.Create(
        "BERTSEQ2", LoaderSignature, canReadBack: ComponentVersion.OptionsAsJson);

    private readonly BertSequenceToSequenceEstimator.Options _options;
    private readonly SequenceToSequenceTask _task;

    /// <param name="env">The environment.</param>
    /// <param name="options">The resolved options.</param>
    internal BertSequenceToSequenceTransformer(IHostEnvironment env, BertSequenceToSequenceEstimator.Options options) : base(env, options)
    {
        _options = options;
        _task = new SequenceToSequenceTask(options, Host.CheckAlive);
    }

    /// <summary>
    /// Creates a predictor of the texts for sources, for each the best first. It uses this transformer and does not dispose of it.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public BertPredictor<string, IReadOnlyList<BertGeneratedText>> CreateTextGenerator()
    {
        BertTokenizer tokenizer = _options.Checkpoint.RequireDecoder().Tokenizer;
        return CreatePredictor(
            Bind(SequenceToSequenceOutputs.ColumnsOf(_options).InputSchema),
            (string text) => [new WrittenRow { Text = text.AsMemory() }],
            rows => BertGeneratedText.Of(rows[0], tokenizer));
    }

    private protected override VersionInfo Version => Format;

    internal static BertSequenceToSequenceTransformer Create(IHostEnvironment env, ModelLoadContext ctx) =>
        new(env, Load<BertSequenceToSequenceEstimator.Options>(env, ctx, Format).Resolve());

    private protected override void Release() => _task.Dispose();

    private protected override BatchMapper<WrittenRow, TokenSequence<GeneratedSequence[]>> Bind(DataViewSchema inputSchema) =>
        _task.Bind(SequenceToSequenceOutputs.ColumnsOf(_options), SequenceToSequenceOutputs.AnswersOf(_options), inputSchema);
}
