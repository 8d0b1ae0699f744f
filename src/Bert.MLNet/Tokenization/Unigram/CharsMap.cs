using System.Buffers.Binary;
using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// The <c>precompiled_charsmap</c> of SentencePiece, which maps texts to replacements. It uses the shortest key that a text starts with.
/// The double-array trie is used as stored (the format of darts-clone). Immutable and thread-safe.
/// </summary>
internal sealed class CharsMap
{
    private const int MaxReplacement = 1_000;

    private readonly uint[] _units;
    private readonly string _replacements;  // each terminated by U+0000
    private readonly int[] _places;         // for each byte of their UTF-8 text, the index of its character; -1 within a character

    private CharsMap(uint[] units, string replacements, int[] places) => (_units, _replacements, _places) = (units, replacements, places);

    /// <summary>Reads a map.</summary>
    /// <param name="bytes">The length of the trie, the trie, and the replacements.</param>
    /// <param name="file">The name of the file, for messages.</param>
    /// <exception cref="InvalidDataException">The map is truncated or damaged.</exception>
    public static CharsMap Read(ReadOnlySpan<byte> bytes, string file)
    {
        if (bytes.Length < sizeof(uint)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes) is var size
            && (size > bytes.Length - sizeof(uint) || size % sizeof(uint) != 0 || size == 0))
            throw Damaged(file);
        uint[] units = new uint[size / sizeof(uint)];
        for (int i = 0; i < units.Length; i++)
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[((i + 1) * sizeof(uint))..]);
        ReadOnlySpan<byte> text = bytes[(sizeof(uint) + (int)size)..];
        if (!System.Text.Unicode.Utf8.IsValid(text))
            throw Damaged(file);
        int[] places = new int[text.Length];
        for (int i = 0, place = 0; i < text.Length; i++)
        {
            bool starts = (text[i] & 0xC0) != 0x80;
            places[i] = starts ? place : -1;
            place += starts ? text[i] >= 0xF0 ? 2 : 1 : 0;
        }
        string replacements = Encoding.UTF8.GetString(text);
        // A replacement can be written for each character of a text, so its length is limited.
        foreach (Range replacement in replacements.AsSpan().Split('\0'))
        {
            if (replacement.GetOffsetAndLength(replacements.Length).Length > MaxReplacement)
                throw Damaged(file);
        }
        return new CharsMap(units, replacements, places);
    }

    /// <summary>Looks up the replacement of a UTF-8 text. Returns false if the text remains unchanged.</summary>
    public bool TryFind(ReadOnlySpan<byte> text, out ReadOnlySpan<char> replacement)
    {
        replacement = default;
        uint at = Offset(_units[0]);
        foreach (byte label in text)
        {
            at ^= label;
            if (label == 0 || at >= _units.Length || (_units[at] & 0x8000_00FF) != label)
                return false;
            uint unit = _units[at];
            at ^= Offset(unit);
            if ((unit >> 8 & 1) == 0)
                continue;
            uint value = at < _units.Length ? _units[at] & 0x7FFF_FFFF : uint.MaxValue;
            if (value >= _places.Length || _places[value] < 0)
                return false;
            replacement = _replacements.AsSpan(_places[value]);
            int end = replacement.IndexOf('\0');
            replacement = end < 0 ? replacement : replacement[..end];
            return true;
        }
        return false;
    }

    private static uint Offset(uint unit) => unit >> 10 << (int)((unit & 1 << 9) >> 6);

    private static InvalidDataException Damaged(string file) =>
        new($"The precompiled_charsmap in '{file}' is damaged. Copy or download the file again.");
}
