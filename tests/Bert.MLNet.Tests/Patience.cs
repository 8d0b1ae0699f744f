using System.Runtime.CompilerServices;

namespace Bert.MLNet.Tests;

/// <summary>
/// Waits for what others do, for a long time but not forever: a test whose wait is in vain fails instead of holding up the suite.
/// </summary>
internal static class Patience
{
    /// <summary>Far more than anything takes on a busy machine.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits until something has happened.</summary>
    /// <param name="happened">Whether it has; asked again and again, and free to throw.</param>
    /// <param name="what">What is waited for.</param>
    public static async Task UntilAsync(Func<bool> happened, [CallerArgumentExpression(nameof(happened))] string what = "")
    {
        using CancellationTokenSource end = End();
        while (!happened())
        {
            try
            {
                await Task.Delay(s_pause, end.Token);
            }
            catch (OperationCanceledException)
            {
                throw InVain(what);
            }
        }
    }

    /// <summary>Does the same on the calling thread.</summary>
    /// <param name="happened">Whether it has; asked again and again, and free to throw.</param>
    /// <param name="what">What is waited for.</param>
    public static void Until(Func<bool> happened, [CallerArgumentExpression(nameof(happened))] string what = "")
    {
        if (!SpinWait.SpinUntil(happened, Limit))
            throw InVain(what);
    }

    /// <summary>Ends when patience does, or the run of the tests.</summary>
    public static CancellationTokenSource End()
    {
        var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        end.CancelAfter(Limit);
        return end;
    }

    private static TimeoutException InVain(string what) => new($"This has not happened in {Limit.TotalMinutes} minutes: {what}");
}
