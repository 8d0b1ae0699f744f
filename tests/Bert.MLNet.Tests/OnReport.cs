namespace Bert.MLNet.Tests;

/// <summary>Does something with each report, at once.</summary>
internal class OnReport<T>(Action<T> action) : IProgress<T>
{
    public void Report(T value) => action(value);
}

/// <summary>Does something with each report of a training, at once.</summary>
internal sealed class OnReport(Action<TrainingProgress> action) : OnReport<TrainingProgress>(action);
