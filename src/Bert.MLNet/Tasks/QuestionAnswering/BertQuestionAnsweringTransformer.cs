using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertQuestionAnsweringTransformer), null, typeof(SignatureLoadModel), "BERT question answering", BertQuestionAnsweringTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>Adds columns of answers to columns of questions and contexts. Made by <see cref="BertQuestionAnsweringEstimator"/>, by a trainer, or loaded from a model file.</summary>
/// <inheritdoc/>
public sealed class BertQuestionAnsweringTransformer : BertTaskTransformer
{
    internal const string LoaderSignature = "BertQuestionAnswering";

    private const uint Thresholded = 0x00010002, Quantized = 0x00010003;

    private static readonly VersionInfo Format = ComponentVersion.Create("BERTQUES", LoaderSignature, written: Quantized, readable: Thresholded);

    private readonly QuestionAnsweringSettings _settings;
    private readonly QuestionAnsweringTask _task;

    internal BertQuestionAnsweringTransformer(IHostEnvironment env, BertModel model, QuestionAnsweringSettings settings, BertBatchOptions batching)
        : base(env, nameof(BertQuestionAnsweringTransformer), model, batching)
    {
        _settings = settings;
        _task = new QuestionAnsweringTask(model, settings);
    }

    private protected override void Release() => _task.Dispose();

    private protected override VersionInfo Version => Format;

    internal static BertQuestionAnsweringTransformer Create(IHostEnvironment env, ModelLoadContext ctx) =>
        Load(ctx, Format, (model, batching) => new BertQuestionAnsweringTransformer(env, model, QuestionAnsweringSettings.Load(ctx, model, hasThreshold: ctx.Header.ModelVerWritten >= Thresholded), batching));

    private protected override void SaveSettings(ModelSaveContext ctx) => _settings.Save(ctx);

    private protected override BatchMapper Bind(DataViewSchema inputSchema) => _task.Bind(_settings.Columns, _settings.Answers, inputSchema);
}
