using Bert.MLNet;
using Bert.MLNet.DataViews;
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

    private protected override VersionInfo Version => Format;

    internal static BertSequenceToSequenceTransformer Create(IHostEnvironment env, ModelLoadContext ctx) =>
        new(env, Load<BertSequenceToSequenceEstimator.Options>(ctx, Format).Resolve());

    private protected override void Release() => _task.Dispose();

    private protected override BatchMapper Bind(DataViewSchema inputSchema) =>
        _task.Bind(SequenceToSequenceOutputs.ColumnsOf(_options), SequenceToSequenceOutputs.AnswersOf(_options), inputSchema);
}
