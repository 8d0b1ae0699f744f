namespace Bert.MLNet.Cli.Reports;

/// <summary>The metrics of a classifier for one label.</summary>
/// <param name="Label">The label.</param>
/// <param name="Right">The number of rows with the label that were predicted correctly.</param>
/// <param name="Support">The number of rows with the label.</param>
/// <param name="Predicted">The number of rows with this prediction.</param>
internal sealed record ClassScores(string Label, int Right, int Support, int Predicted)
{
    /// <summary>The share of rows with this prediction that have the label; 0 if there are none, as in scikit-learn.</summary>
    public double Precision => Share(Right, Predicted);

    /// <summary>The share of rows with the label that were predicted correctly; 0 if there are none.</summary>
    public double Recall => Share(Right, Support);

    /// <summary>The harmonic mean of both.</summary>
    public double F1 => Share(2 * Right, Support + Predicted);

    private static double Share(int part, int whole) => whole == 0 ? 0 : (double)part / whole;
}
