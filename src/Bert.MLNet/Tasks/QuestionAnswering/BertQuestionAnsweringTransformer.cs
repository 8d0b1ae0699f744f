using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertQuestionAnsweringTransformer), null, typeof(SignatureLoadModel), "BERT question answering", BertQuestionAnsweringTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>Adds columns of answers to columns of questions and contexts. Made by <see cref="BertQuestionAnsweringEstimator"/>, by a trainer, or loaded from a model file.</summary>
/// <remarks>Thread-safe. Holds a native session until it is disposed; transformers over one <see cref="BertModel"/> share it.</remarks>
public sealed class BertQuestionAnsweringTransformer : BatchTransformer
{
    internal const string LoaderSignature = "BertQuestionAnswering";

    private static readonly VersionInfo Version = ComponentVersion.Create("BERTQUES", LoaderSignature);

    private readonly QuestionAnsweringSettings _settings;
    private readonly QuestionAnsweringTask _task;

    internal BertQuestionAnsweringTransformer(IHostEnvironment env, BertModel model, QuestionAnsweringSettings settings, BertBatchOptions batching)
        : base(env.Register(nameof(BertQuestionAnsweringTransformer)), batching)
    {
        Model = model;
        _settings = settings;
        _task = new QuestionAnsweringTask(model, settings);
    }

    /// <summary>The checkpoint with its head, for instance to be saved in HuggingFace's form.</summary>
    public BertModel Model { get; }

    /// <inheritdoc/>
    public override void Dispose() => _task.Dispose();

    internal static BertQuestionAnsweringTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ComponentVersion.Check(ctx, Version);
        BertBatchOptions batching = BertBatchOptions.Load(ctx.Reader);
        BertModel model = BertModel.Load(ctx);
        return new BertQuestionAnsweringTransformer(env, model, QuestionAnsweringSettings.Load(ctx, model), batching);
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version);
        Batching.Save(ctx.Writer);
        Model.Save(ctx);
        _settings.Save(ctx);
    }

    private protected override BatchMapper Bind(DataViewSchema inputSchema) => _task.Bind(_settings.Columns, _settings.Answers, inputSchema);
}
