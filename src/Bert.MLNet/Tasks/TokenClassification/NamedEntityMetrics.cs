using System.Collections.ObjectModel;
using System.Globalization;
using System.Text;
using Bert.MLNet.Tasks;

namespace Bert.MLNet;

/// <summary>
/// Precision, recall and F1 of named entities, computed as <see href="https://github.com/chakki-works/seqeval">seqeval</see> does:
/// an entity is right if its type, first word and last word, or its place in the text, are all right. Immutable and thread-safe.
/// </summary>
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

    /// <summary>The figures of each type that is labelled or predicted, in the order of their names.</summary>
    public IReadOnlyDictionary<string, NamedEntityScores> PerType { get; }

    /// <summary>The figures of all entities together; its F1 is what papers report.</summary>
    public NamedEntityScores Micro { get; }

    /// <summary>The mean over types, each counting the same.</summary>
    public NamedEntityScores Macro { get; }

    /// <summary>The mean over types, each counting by its <see cref="NamedEntityScores.Support"/>.</summary>
    public NamedEntityScores Weighted { get; }

    /// <summary>Share of words whose tag is right, O included, 0 to 1; NaN without words, or where places in texts were compared.</summary>
    public double Accuracy { get; }

    /// <summary>A table with a line for each type and average, such as seqeval's <c>classification_report</c>.</summary>
    public string GetFormattedTable()
    {
        (string Name, NamedEntityScores Scores)[] lines = [.. PerType.Select(type => (type.Key, type.Value)), ("micro avg", Micro), ("macro avg", Macro), ("weighted avg", Weighted)];
        int width = lines.Max(line => line.Name.Length);
        var table = new StringBuilder().Append(' ', width).AppendLine("  precision  recall  f1-score  support");
        foreach ((string name, NamedEntityScores scores) in lines)
            table.AppendLine(CultureInfo.InvariantCulture, $"{name.PadLeft(width)}  {scores.Precision,9:F4}  {scores.Recall,6:F4}  {scores.F1Score,8:F4}  {scores.Support,7}");
        return table.ToString();
    }
}
