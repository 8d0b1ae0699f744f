namespace Bert.MLNet.Pretraining.Evaluation;

/// <summary>How a classifier of one text learns from a checkpoint.</summary>
internal enum ClassifierMethod
{
    /// <summary>All weights are trained with a new head.</summary>
    FineTune,

    /// <summary>All weights are trained from pairs of rows, and then a head.</summary>
    FewShot,

    /// <summary>ML.NET's LBFGS is trained on vectors of length 1.</summary>
    Embed,
}
