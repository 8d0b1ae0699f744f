using Bert.MLNet.Server.Scheduling;
using Scores = System.Collections.Generic.IReadOnlyList<Bert.MLNet.Server.Models.LabelScore>;

namespace Bert.MLNet.Server.Models;

/// <summary>Creates the tasks of one model and remembers what to dispose of.</summary>
/// <param name="id">The model's id.</param>
/// <param name="engine">What all tasks share.</param>
internal sealed class TaskFactory(string id, TaskEngine engine)
{
    public List<IDisposable> Owned { get; } = [];

    /// <summary>The device that computes the model.</summary>
    public ServedDevice Device => engine.Device;

    /// <summary>Opens a model, or disposes of what was opened when it fails.</summary>
    public static ServedModel Open(string id, TaskEngine engine, Func<TaskFactory, ServedModel> open)
    {
        var factory = new TaskFactory(id, engine);
        try
        {
            return open(factory);
        }
        catch
        {
            factory.Owned.ForEach(owned => owned.Dispose());
            throw;
        }
    }

    /// <summary>Creates a task, with a lane of its own.</summary>
    /// <param name="name">The task's name, for metrics.</param>
    /// <param name="predictor">What computes it.</param>
    /// <param name="limit">How many tokens are read, or null if inputs of any length are.</param>
    public IServedTask<TInput, TResult> Create<TInput, TResult>(
        string name, BertPredictor<TInput, TResult> predictor, TokenLimit<TInput>? limit = null)
        where TInput : class => Create(name, predictor, limit, result => result);

    /// <summary>Creates a task that computes the scores of labels.</summary>
    public IServedTask<TInput, Scores> CreateScoring<TInput>(
        BertPredictor<TInput, IReadOnlyList<BertLabelScore>> predictor, TokenLimit<TInput> limit)
        where TInput : class => Create(
            "predict", predictor, limit, Scores (labels) => [.. labels.Select(label => new LabelScore(label.Label, label.Score))]);

    /// <summary>Creates a task that a whole model.zip computes.</summary>
    public IServedTask<BertTextPair, Scores> Create(ScoringPipeline pipeline) =>
        new PipelineTask(new Lane(id, "predict", PipelineTask.Compute(pipeline)), pipeline, engine);

    /// <summary>Creates a task that computes attention. It opens the checkpoint for each text.</summary>
    public IServedTask<string, BertAttention> CreateAttention(BertModel model) =>
        new AttentionTask(new Lane(id, "attention", AttentionTask.Compute), model, engine);

    public static TokenLimit<string> LimitOfText(BertModel model, string prompt = "") =>
        new(model.MaxSequenceLength, text => model.Tokenizer.Encode(prompt + text).Length);

    public static TokenLimit<BertTextPair> LimitOfPair(BertModel model) =>
        new(model.MaxSequenceLength, pair => model.Tokenizer.Encode(pair.Text, pair.Pair).Length);

    /// <summary>Creates a task with results of another type.</summary>
    /// <param name="name">The task's name, for metrics.</param>
    /// <param name="predictor">What computes it.</param>
    /// <param name="limit">How many tokens are read, or null if inputs of any length are.</param>
    /// <param name="resultOf">Returns a result from what the predictor returns.</param>
    public IServedTask<TInput, TResult> Create<TInput, TPredicted, TResult>(
        string name, BertPredictor<TInput, TPredicted> predictor, TokenLimit<TInput>? limit, Func<TPredicted, TResult> resultOf)
        where TInput : class
    {
        Owned.Add(predictor);
        var lane = new Lane(id, name, batch => predictor.Compute([.. batch.Select(item => ((PreparedItem)item).Sequence)]));
        return new PredictorTask<TInput, TPredicted, TResult>(lane, predictor, limit, resultOf, engine);
    }
}
