namespace Bert.MLNet.Tokenization;

/// <summary>Cuts at white space, which is dropped.</summary>
internal sealed class WhitespaceSplit : PreTokenizerStep
{
    public static WhitespaceSplit Instance { get; } = new();

    public override void Split(in NormalizedText text, int from, int to, ref WordList output)
    {
        for (int start = from; start < to;)
        {
            int end = start;
            while (end < to && !UnicodeTables.IsWhitespace(text.Characters[end]))
                end++;
            output.Text.Append(text, start, end - start);
            output.EndWord();
            start = end + 1;
        }
    }
}
