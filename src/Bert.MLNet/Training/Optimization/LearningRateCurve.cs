namespace Bert.MLNet.Training;

/// <summary>A learning rate that rises linearly to its peak and then follows a schedule.</summary>
/// <param name="Peak">The maximum learning rate.</param>
/// <param name="WarmupRatio">The share of the training in which the rate rises.</param>
/// <param name="Type">The schedule after the peak.</param>
internal readonly record struct LearningRateCurve(
    double Peak, double WarmupRatio, BertLearningRateSchedule Type = BertLearningRateSchedule.Linear)
{
    /// <param name="progress">The completed share of the training, from 0 to 1.</param>
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
