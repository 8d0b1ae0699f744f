namespace Bert.MLNet.Files;

/// <summary>A field of a protobuf message that is read.</summary>
/// <param name="Number">The field's number.</param>
/// <param name="Whole">All bytes of the field, for writing it again.</param>
/// <param name="Value">The bytes of its value: a nested message, a text, or an encoded number.</param>
internal readonly record struct ProtoField(int Number, ReadOnlyMemory<byte> Whole, ReadOnlyMemory<byte> Value)
{
    private const int Varint = 0, Fixed64 = 1, LengthDelimited = 2, Fixed32 = 5;

    /// <summary>The value of an integer field.</summary>
    public long Integer => (long)ReadVarint(Value.Span, out _);

    /// <summary>The values of a repeated integer field, packed or not.</summary>
    public IEnumerable<long> Integers
    {
        get
        {
            for (int start = 0; start < Value.Length;)
            {
                yield return (long)ReadVarint(Value.Span[start..], out int length);
                start += length;
            }
        }
    }

    /// <summary>The value of a text field.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Value.Span);

    /// <summary>The fields of a message, in order.</summary>
    /// <exception cref="FormatException">The bytes are not a message.</exception>
    public static IEnumerable<ProtoField> Read(ReadOnlyMemory<byte> message)
    {
        while (!message.IsEmpty)
        {
            ulong tag = ReadVarint(message.Span, out int start);
            int number = checked((int)(tag >> 3));
            ulong length;
            switch (tag & 7)
            {
                case Varint:
                    ReadVarint(message.Span[start..], out int digits);
                    length = (ulong)digits;
                    break;
                case Fixed64:
                    length = sizeof(ulong);
                    break;
                case LengthDelimited:
                    length = ReadVarint(message.Span[start..], out int prefix);
                    start += prefix;
                    break;
                case Fixed32:
                    length = sizeof(uint);
                    break;
                case var other:
                    throw new FormatException($"There is no wire type {other}.");
            }
            if (number == 0 || length > (ulong)(message.Length - start))
                throw new FormatException("A field ends after its message.");
            int end = start + (int)length;
            yield return new ProtoField(number, message[..end], message[start..end]);
            message = message[end..];
        }
    }

    private static ulong ReadVarint(ReadOnlySpan<byte> bytes, out int length)
    {
        ulong value = 0;
        for (length = 0; length < Math.Min(bytes.Length, 10);)
        {
            byte next = bytes[length];
            value |= (ulong)(next & 0x7F) << (7 * length++);
            if (next < 0x80)
                return value;
        }
        throw new FormatException("A number does not end.");
    }
}
