namespace Bert.MLNet.Training;

/// <summary>A linear rise to the peak learning rate, then a linear fall to zero, over the share of the training that is done.</summary>
/// <param name="Peak">The highest learning rate.</param>
/// <param name="WarmupRatio">The share of the training in which the rate rises.</param>
internal readonly record struct LearningRateSchedule(double Peak, double WarmupRatio)
{
    /// <param name="progress">The share of the training that is done, 0 to 1.</param>
    public double At(double progress) =>
        progress < WarmupRatio
            ? Peak * progress / WarmupRatio
            : Peak * Math.Max(0, (1 - progress) / (1 - WarmupRatio));
}
