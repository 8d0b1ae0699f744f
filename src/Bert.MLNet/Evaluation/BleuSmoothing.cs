namespace Bert.MLNet;

/// <summary>What BLEU uses as the precision of n-grams when none of them matches, so that the score is not 0.</summary>
public enum BleuSmoothing
{
    /// <summary>1/2 match for the first such length, 1/4 for the second, and so on: <c>smooth:exp</c>, sacreBLEU's default.</summary>
    Exponential,

    /// <summary>A constant number of matches: <c>smooth:floor</c>.</summary>
    Floor,

    /// <summary>A constant that is added to matches and to totals of n-grams of at least two tokens: <c>smooth:add-k</c>.</summary>
    AddK,

    /// <summary>No smoothing: <c>smooth:none</c>.</summary>
    None,
}
