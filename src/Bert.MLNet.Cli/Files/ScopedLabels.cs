using System.Text.Json;

namespace Bert.MLNet.Cli.Files;

/// <summary>The predicted label of a row, the scores of all labels, and whether the row has one of them at all.</summary>
internal sealed class ScopedLabels : ScoredLabels
{
    public bool IsInScope { get; set; }

    /// <summary>Writes the field <c>in_scope</c>, too.</summary>
    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter json, IReadOnlyList<string> labels)
    {
        base.Write(json, labels);
        json.WriteBoolean("in_scope", IsInScope);
    }
}
