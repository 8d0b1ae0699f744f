namespace Bert.MLNet.Tokenization;

/// <summary>The pre-tokenizer of BERT: white space separates words, and each punctuation character is a word.</summary>
internal sealed class BertPreTokenizer : TextPreTokenizer
{
    public static BertPreTokenizer Instance { get; } = new();

    public override void Tokenize(in NormalizedText text, int from, int to, TokenModel model, ref TokenBuffer output)
    {
        var words = new WordEnumerator(text.Span[from..to]);
        while (words.MoveNext())
            model.Match(text, from + words.Start, words.Length, ref output);
    }

    public override IEnumerable<(int Offset, int Length)> Words(ReadOnlySpan<char> text)
    {
        var words = new List<(int, int)>();
        var enumerator = new WordEnumerator(text);
        while (enumerator.MoveNext())
            words.Add((enumerator.Start, enumerator.Length));
        return words;
    }
}
