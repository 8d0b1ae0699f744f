using Microsoft.ML.Tokenizers;

namespace Bert.MLNet.Tokenization;

/// <summary>Adapts the pre-tokenizer to the type of Microsoft.ML.Tokenizers.</summary>
internal sealed class PreTokenizerAdapter(TextPreTokenizer preTokenizer) : PreTokenizer
{
    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return PreTokenize(text.AsSpan());
    }

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => preTokenizer.Words(text);
}
