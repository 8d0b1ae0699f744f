namespace Bert.MLNet.Models;

/// <summary>
/// The text of a record's source file. All instances are equal, so that records are compared by their contents, not by their formatting.
/// </summary>
internal readonly struct SourceText(string? text) : IEquatable<SourceText>
{
    public string? Text => text;

    public bool Equals(SourceText other) => true;

    public override bool Equals(object? obj) => obj is SourceText;

    public override int GetHashCode() => 0;
}
