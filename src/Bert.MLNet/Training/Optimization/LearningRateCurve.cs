namespace Bert.MLNet.Training;

/// <summary>A linear rise to the peak learning rate, then a fall to zero or none, over the share of the training that is done.</summary>
/// <param name="Peak">The highest learning rate.</param>
/// <param name="WarmupRatio">The share of the training in which the rate rises.</param>
/// <param name="Type">How it goes on from the peak.</param>
internal readonly record struct LearningRateCurve(double Peak, double WarmupRatio, BertLearningRateSchedule Type = BertLearningRateSchedule.Linear)
{
    /// <param name="progress">The share of the training that is done, 0 to 1.</param>
    public double At(double progress)
    {
        if (progress < WarmupRatio)
            return Peak * progress / WarmupRatio;
        double left = Math.Max(0, (1 - progress) / (1 - WarmupRatio));
        return Type switch
        {
            BertLearningRateSchedule.Constant => Peak,
            BertLearningRateSchedule.Cosine => Peak * (1 - Math.Cos(Math.PI * left)) / 2,
            _ => Peak * left,
        };
    }
}
