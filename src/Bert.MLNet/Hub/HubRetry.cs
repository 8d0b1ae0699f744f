using Polly;
using Polly.Retry;

namespace Bert.MLNet.Hub;

/// <summary>Retries after temporary failures: after the time that the hub asks for, or about 1, 2, 4, 8 and 8 seconds.</summary>
internal static class HubRetry
{
    // The hub counts requests in windows of five minutes.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    public static ResiliencePipeline On(TimeProvider time, params HubFault[] faults) => new ResiliencePipelineBuilder
    {
        TimeProvider = time,
    }
        .AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = 5,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromSeconds(1),
            MaxDelay = TimeSpan.FromSeconds(8),
            UseJitter = true,
            ShouldHandle = attempt => ValueTask.FromResult(
                attempt.Outcome.Exception is HubException error && faults.Contains(error.Fault) && !(error.RetryAfter > LongestWait)),
            DelayGenerator = attempt => ValueTask.FromResult((attempt.Outcome.Exception as HubException)?.RetryAfter),
        })
        .Build();
}
