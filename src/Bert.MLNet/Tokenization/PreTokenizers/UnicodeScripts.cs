using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Splits text where the script changes, such as between Latin letters and punctuation. Code points without a script, such as the space,
/// continue a word, and are removed before the first one. This is the pre-tokenizer of the same name of HuggingFace's tokenizers.
/// </summary>
internal sealed class UnicodeScripts : PreTokenizerStep
{
    private const byte None = 0;

    private static readonly CodePointTable s_scripts = Read();

    public static UnicodeScripts Instance { get; } = new();

    // A word can contain spaces.
    public override bool IsLocal => false;

    public override void Split(in NormalizedText text, int from, int to, ref WordList output)
    {
        ReadOnlySpan<char> span = text.Characters.AsSpan(0, to);
        int open = to;
        byte last = None;
        for (int at = from, units; at < to; at += units)
        {
            Rune.DecodeFromUtf16(span[at..], out Rune rune, out units);
            byte script = s_scripts[rune.Value];
            if (script == None || script == last)
                continue;
            if (last != None)
                Write(text, open, at, ref output);
            (open, last) = (at, script);
        }
        if (last != None)
            Write(text, open, to, ref output);
    }

    private static void Write(in NormalizedText text, int start, int end, ref WordList output)
    {
        output.Text.Append(text, start, end - start);
        output.EndWord();
    }

    private static CodePointTable Read()
    {
        var file = new UnicodeTableFile("ScriptTables");
        return new CodePointTable(file.Names.Index().SelectMany(
            script => file.Ranges(script.Item).Select(range => (range.First, range.Last, checked((byte)(script.Index + 1))))));
    }
}
