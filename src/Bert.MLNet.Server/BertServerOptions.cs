using Bert.MLNet.Server.Models;
using Bert.MLNet.Server.Scheduling;

namespace Bert.MLNet;

/// <summary>The models of a server and the limits of its requests.</summary>
/// <remarks>Read once, when the server starts.</remarks>
public sealed class BertServerOptions
{
    /// <summary>
    /// The models. A request names one by its <see cref="BertServedModel.Id"/>; without a name, the first one that has the task of the
    /// route answers. At least one is required.
    /// </summary>
    public IList<BertServedModel> Models { get; } = [];

    /// <summary>
    /// The keys of which each request must send one, as <c>Authorization: Bearer …</c>. Default: none, and requests need no key. Keys are
    /// compared in constant time. <c>/health</c> needs none.
    /// </summary>
    public IList<string> ApiKeys { get; } = [];

    /// <summary>
    /// The device that computes the networks of all models, as <see cref="BertStepOptions.Device"/>: <c>cpu</c>, <c>cuda</c> or
    /// <c>cuda:n</c>. Default null: the processor. Texts of decoders and attention are computed on the processor.
    /// </summary>
    /// <remarks>
    /// On a GPU, use a <see cref="TokenBudget"/> of some thousands of tokens and few workers, such as two: one prepares a batch while the
    /// other computes.
    /// </remarks>
    public string? Device { get; set; }

    /// <summary>Whether the processor computes if <see cref="Device"/> is not available. Default false: the server does not
    /// start.</summary>
    public bool FallbackToCpu { get; set; }

    /// <summary>The number of tokens in a batch, padding included. Default 256. A longer sequence is a batch by itself.</summary>
    public int TokenBudget { get; set; } = 256;

    /// <summary>
    /// The time that a batch below the budget waits for more requests while a worker is idle. Default zero: requests share batches only if
    /// all workers are busy.
    /// </summary>
    public TimeSpan MaxBatchDelay { get; set; }

    /// <summary>The number of batches that are computed at the same time, each on one core. Default null: one for each core.</summary>
    public int? NumberOfWorkers { get; set; }

    /// <summary>
    /// The number of sequences of tokens that may wait, of all requests. A text is one sequence, a long one may be several. Beyond it,
    /// requests are refused with 429 and <c>Retry-After</c>. Default 4,096.
    /// </summary>
    public int QueueLength { get; set; } = 4096;

    /// <summary>The maximum size of a request's body in bytes; larger ones are refused with 413. Default 2 MiB.</summary>
    public long MaxBodyBytes { get; set; } = 2 << 20;

    /// <summary>The maximum number of texts in a request; more are refused with 413. Default 1,024.</summary>
    public int MaxTexts { get; set; } = 1024;

    /// <summary>
    /// Whether a text that is longer than the model reads at once is truncated, if the request does not say. Default false: it is refused
    /// with 413. Texts for <c>/ner</c>, <c>/qa</c> and <c>/fill-mask</c> are read in windows and can have any length.
    /// </summary>
    public bool TruncateLongTexts { get; set; }

    /// <summary>
    /// The maximum time for a request. A request that takes longer fails with status 503, or with 408 if its body is still incomplete.
    /// ASP.NET also answers 408 to bodies that arrive more slowly than its <c>MinRequestBodyDataRate</c>. Default one minute.
    /// </summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromMinutes(1);

    internal int Workers => NumberOfWorkers ?? Environment.ProcessorCount;

    internal QueueOptions Queue => new(TokenBudget, MaxBatchDelay, QueueLength);

    /// <summary>Returns what is wrong with the options, one sentence each.</summary>
    internal IEnumerable<string> Mistakes()
    {
        if (Models.Count == 0)
            yield return $"{nameof(Models)} is empty. Add the models to serve.";
        foreach (string id in Models.GroupBy(model => model.Id).Where(same => same.Count() > 1).Select(same => same.Key))
            yield return $"{nameof(Models)} has several models with the id '{id}'. Give each another id.";
        foreach ((string name, double value) in new (string, double)[]
        {
            (nameof(TokenBudget), TokenBudget), (nameof(NumberOfWorkers), Workers), (nameof(QueueLength), QueueLength),
            (nameof(MaxBodyBytes), MaxBodyBytes), (nameof(MaxTexts), MaxTexts),
        })
        {
            if (value < 1)
                yield return $"{name} is {value}; it must be at least 1.";
        }
        if (MaxBatchDelay < TimeSpan.Zero || MaxBatchDelay > TimeSpan.FromMinutes(1))
            yield return $"{nameof(MaxBatchDelay)} is {MaxBatchDelay}; it must be from zero to one minute.";
        if (RequestTimeout <= TimeSpan.Zero || RequestTimeout > TimeSpan.FromDays(1))
            yield return $"{nameof(RequestTimeout)} is {RequestTimeout}; it must be greater than zero and at most one day.";
        if (Device is { } device && !ServedDevice.IsName(device))
            yield return $"{nameof(Device)} is '{device}'; it must be 'cpu', 'cuda' or 'cuda:n' with the number of a GPU, from 0.";
        if (ApiKeys.Any(string.IsNullOrWhiteSpace))
            yield return $"{nameof(ApiKeys)} has an empty key. Remove it, or set the key.";
    }
}
