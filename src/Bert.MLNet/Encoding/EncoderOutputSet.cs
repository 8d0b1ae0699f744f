using System.Collections;

namespace Bert.MLNet.Encoders;

/// <summary>The outputs that a session computes, in order. Sets with the same outputs are equal, and share a session.</summary>
internal sealed class EncoderOutputSet : IReadOnlyList<EncoderOutput>, IEquatable<EncoderOutputSet>
{
    private readonly EncoderOutput[] _outputs;

    public EncoderOutputSet(params ReadOnlySpan<EncoderOutput> outputs)
    {
        if (outputs.IsEmpty)
            throw new ArgumentException("An encoder needs at least one output.", nameof(outputs));
        _outputs = outputs.ToArray().Distinct().ToArray();
    }

    public int Count => _outputs.Length;

    public EncoderOutput this[int index] => _outputs[index];

    /// <summary>Gets the position of an output.</summary>
    /// <exception cref="ArgumentException">The output is not in the set.</exception>
    public int IndexOf(EncoderOutput output)
    {
        int index = Array.IndexOf(_outputs, output);
        return index >= 0 ? index : throw new ArgumentException($"The session does not compute {output.Name}.", nameof(output));
    }

    public bool Equals(EncoderOutputSet? other) => other is not null && _outputs.AsSpan().SequenceEqual(other._outputs);

    public override bool Equals(object? obj) => Equals(obj as EncoderOutputSet);

    public override int GetHashCode() => _outputs.Aggregate(0, HashCode.Combine);

    public IEnumerator<EncoderOutput> GetEnumerator() => _outputs.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
