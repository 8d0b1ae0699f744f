using Microsoft.ML.Tokenizers;

namespace Bert.MLNet.Tokenization;

/// <summary>The cutting of normalised text into words as the type of Microsoft.ML.Tokenizers.</summary>
internal sealed class PreTokenizerAdapter : PreTokenizer
{
    public static PreTokenizerAdapter Instance { get; } = new();

    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return PreTokenize(text.AsSpan());
    }

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text)
    {
        var words = new List<(int, int)>();
        var enumerator = new WordEnumerator(text);
        while (enumerator.MoveNext())
            words.Add((enumerator.Start, enumerator.Length));
        return words;
    }
}
