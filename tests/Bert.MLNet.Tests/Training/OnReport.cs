namespace Bert.MLNet.Tests.Training;

/// <summary>Does something with each report of a training, at once.</summary>
internal sealed class OnReport(Action<TrainingProgress> action) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value) => action(value);
}
