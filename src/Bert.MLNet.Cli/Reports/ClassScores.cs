namespace Bert.MLNet.Cli.Reports;

/// <summary>How well a classifier tells one label from the others.</summary>
/// <param name="Label">The label.</param>
/// <param name="Right">Rows that have it and were taken for it.</param>
/// <param name="Support">Rows that have it.</param>
/// <param name="Predicted">Rows that were taken for it.</param>
internal sealed record ClassScores(string Label, int Right, int Support, int Predicted)
{
    /// <summary>The share of rows taken for it that have it; 0 where there are none, as in scikit-learn.</summary>
    public double Precision => Share(Right, Predicted);

    /// <summary>The share of rows that have it that were taken for it; 0 where there are none.</summary>
    public double Recall => Share(Right, Support);

    /// <summary>The harmonic mean of both.</summary>
    public double F1 => Share(2 * Right, Support + Predicted);

    private static double Share(int part, int whole) => whole == 0 ? 0 : (double)part / whole;
}
