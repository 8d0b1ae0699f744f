using Bert.MLNet.Server.Requests;
using Bert.MLNet.Server.Scheduling;
using Bert.MLNet.Server.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Bert.MLNet.Server.Models;

/// <summary>The models of the server, opened when it starts. Thread-safe.</summary>
internal sealed partial class ModelRegistry(
    IOptions<BertServerOptions> options, BatchScheduler scheduler, ServerMetrics metrics, TimeProvider clock, ILogger<ModelRegistry> logger)
    : IHostedService, IDisposable
{
    private readonly List<ServedModel> _models = [];

    public IReadOnlyList<ServedModel> Models => _models;

    /// <summary>When the models were opened.</summary>
    public DateTimeOffset Started { get; private set; }

    /// <summary>Opens the models. ASP.NET accepts requests after that.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var engine = new TaskEngine(
            scheduler, metrics, clock, new ServedDevice(options.Value.Device, options.Value.FallbackToCpu));
        foreach (BertServedModel model in options.Value.Models)
        {
            ServedModel opened = await OpenAsync(model, engine, cancellationToken);
            _models.Add(opened);
            LogOpened(opened.Id, opened.TaskNames);
        }
        Started = clock.GetUtcNow();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask; // requests are still answered

    /// <summary>Returns the model with an id.</summary>
    /// <exception cref="RequestException">No model has the task.</exception>
    public ServedModel Find(string id) => _models.FirstOrDefault(model => model.Id == id) ?? throw new RequestException(
        StatusCodes.Status404NotFound, "NotFound",
        $"The model '{id}' does not exist. This server has {string.Join(", ", _models.Select(model => $"'{model.Id}'"))}.")
    { Field = "model", Code = "model_not_found" };

    /// <summary>Returns the model of a request and one of its tasks.</summary>
    /// <param name="id">The id in the request; null for the first model with the task.</param>
    /// <param name="task">Selects the task.</param>
    /// <param name="name">The task's name, for messages.</param>
    /// <exception cref="RequestException">No model has this id, or the model does not have the task.</exception>
    public (ServedModel Model, TTask Task) Find<TTask>(string? id, Func<ServedModel, TTask?> task, string name)
        where TTask : class
    {
        foreach (ServedModel model in id is null ? _models : [Find(id)])
        {
            if (task(model) is { } found)
                return (model, found);
        }
        throw new RequestException(StatusCodes.Status424FailedDependency, "Backend",
            $"{(id is null ? "No model of this server has" : $"The model '{id}' does not have")} the task '{name}'. " +
            "The route '/info' lists the tasks of the models.")
        { Field = "model" };
    }

    public void Dispose()
    {
        scheduler.Dispose(); // no batch may run on a model that is disposed of
        foreach (ServedModel model in _models)
            model.Dispose();
    }

    private static async Task<ServedModel> OpenAsync(BertServedModel model, TaskEngine engine, CancellationToken cancellationToken)
    {
        string? source = model.Source;
        if (source is not null && File.Exists(source))
            return TaskFactory.Open(model.Id, engine, tasks => ModelFileTasks.Open(model.Id, source, tasks));
        BertModel checkpoint = model.Checkpoint
            ?? BertServedModel.Included(source!)
            ?? await BertModel.FromPretrainedAsync(source!, cancellationToken: cancellationToken);
        return TaskFactory.Open(model.Id, engine, tasks => CheckpointTasks.Open(model.Id, checkpoint, tasks));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Opened the model {Model} for {Tasks}.")]
    private partial void LogOpened(string model, string tasks);
}
