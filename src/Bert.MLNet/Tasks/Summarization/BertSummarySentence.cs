namespace Bert.MLNet;

/// <summary>A sentence of a text that is part of its summary. Immutable.</summary>
public sealed record BertSummarySentence
{
    private BertSummarySentence(string text, int index, float score, int start, int end) =>
        (Text, Index, Score, Start, End) = (text, index, score, start, end);

    /// <summary>The sentence, as it is written in the text.</summary>
    public string Text { get; }

    /// <summary>The index among the sentences of the text, from 0.</summary>
    public int Index { get; }

    /// <summary>
    /// How central the sentence is, where the most central one of the text has 1, or a probability if the checkpoint was trained to score
    /// sentences.
    /// </summary>
    public float Score { get; }

    /// <summary>The start in the text, in UTF-16 code units.</summary>
    public int Start { get; }

    /// <summary>The end in the text, so that <c>text[Start..End]</c> is the sentence.</summary>
    public int End { get; }

    internal static BertSummarySentence Of(ReadOnlyMemory<char> text, int index, float score, (int Start, int End) place) =>
        new(text[place.Start..place.End].ToString(), index, score, place.Start, place.End);
}
