using System.Collections.ObjectModel;
using System.Globalization;
using System.Text;
using Bert.MLNet.Tasks;

namespace Bert.MLNet;

/// <summary>
/// Precision, recall and F1 of named entities, computed as by <see href="https://github.com/chakki-works/seqeval">seqeval</see>.
/// </summary>
/// <remarks>
/// An entity is correct if its type and its first and last word, or its position in the text, are correct. Immutable and
/// thread-safe.
/// </remarks>
public sealed class NamedEntityMetrics
{
    internal NamedEntityMetrics(EntityCounts counts, double accuracy)
    {
        SortedDictionary<string, NamedEntityScores> perType = counts.PerType();
        PerType = new ReadOnlyDictionary<string, NamedEntityScores>(perType);
        Micro = counts.Micro();
        Macro = NamedEntityScores.Average(perType.Values, _ => 1);
        Weighted = NamedEntityScores.Average(perType.Values, type => type.Support);
        Accuracy = accuracy;
    }

    /// <summary>The scores of each type that is labelled or predicted, ordered by name.</summary>
    public IReadOnlyDictionary<string, NamedEntityScores> PerType { get; }

    /// <summary>The scores over all entities. Papers report this F1.</summary>
    public NamedEntityScores Micro { get; }

    /// <summary>The unweighted mean over the types.</summary>
    public NamedEntityScores Macro { get; }

    /// <summary>The mean over the types, weighted by <see cref="NamedEntityScores.Support"/>.</summary>
    public NamedEntityScores Weighted { get; }

    /// <summary>
    /// The share of words with the correct tag, O included, from 0 to 1. NaN without words, or if positions were compared.
    /// </summary>
    public double Accuracy { get; }

    /// <summary>Formats a table with a line for each type and average, like seqeval's <c>classification_report</c>.</summary>
    public string GetFormattedTable()
    {
        (string Name, NamedEntityScores Scores)[] lines =
        [
            .. PerType.Select(type => (type.Key, type.Value)), ("micro avg", Micro), ("macro avg", Macro), ("weighted avg", Weighted),
        ];
        int width = lines.Max(line => line.Name.Length);
        var table = new StringBuilder().Append(' ', width).AppendLine("  precision  recall  f1-score  support");
        foreach ((string name, NamedEntityScores scores) in lines)
            table.AppendLine(
                CultureInfo.InvariantCulture,
                $"{name.PadLeft(width)}  {scores.Precision,9:F4}  {scores.Recall,6:F4}  {scores.F1Score,8:F4}  {scores.Support,7}");
        return table.ToString();
    }
}
