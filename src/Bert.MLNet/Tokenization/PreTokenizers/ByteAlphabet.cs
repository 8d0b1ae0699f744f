namespace Bert.MLNet.Tokenization;

/// <summary>
/// Maps bytes to visible characters, like GPT-2. A byte becomes its Latin-1 character if that is visible, otherwise one from U+0100 on.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] s_characters = Create();
    private static readonly short[] s_bytes = Invert();

    /// <summary>The character that represents a space.</summary>
    public const char Blank = '\u0120';

    /// <summary>The characters, indexed by byte.</summary>
    public static ReadOnlySpan<char> Characters => s_characters;

    /// <summary>Gets the byte of a character; returns false if the character is not in the alphabet.</summary>
    public static bool TryGetByte(char character, out byte value)
    {
        int found = character < s_bytes.Length ? s_bytes[character] : -1;
        value = (byte)found;
        return found >= 0;
    }

    private static char[] Create()
    {
        char[] characters = new char[256];
        int next = 0x100;
        for (int b = 0; b < characters.Length; b++)
            characters[b] = (char)(b is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE ? b : next++);
        return characters;
    }

    private static short[] Invert()
    {
        short[] bytes = new short[s_characters.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (short b = 0; b < s_characters.Length; b++)
            bytes[s_characters[b]] = b;
        return bytes;
    }
}
