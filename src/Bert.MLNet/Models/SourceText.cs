namespace Bert.MLNet.Models;

/// <summary>
/// The text of the file that a record was read from. All are equal: records compare by what the text says, not by how it says it.
/// </summary>
internal readonly struct SourceText(string? text) : IEquatable<SourceText>
{
    public string? Text => text;

    public bool Equals(SourceText other) => true;

    public override bool Equals(object? obj) => obj is SourceText;

    public override int GetHashCode() => 0;
}
