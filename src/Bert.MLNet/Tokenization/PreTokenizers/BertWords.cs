namespace Bert.MLNet.Tokenization;

/// <summary>The pre-tokenizer of BERT as one of several steps; see <see cref="BertPreTokenizer"/>.</summary>
internal sealed class BertWords : PreTokenizerStep
{
    public static BertWords Instance { get; } = new();

    public override void Split(in NormalizedText text, int from, int to, ref WordList output)
    {
        var words = new WordEnumerator(text.Characters.AsSpan(from, to - from));
        while (words.MoveNext())
        {
            output.Text.Append(text, from + words.Start, words.Length);
            output.EndWord();
        }
    }
}
