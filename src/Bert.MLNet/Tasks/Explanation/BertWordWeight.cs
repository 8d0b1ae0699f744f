namespace Bert.MLNet;

/// <summary>A word of a text and its share in a score. Immutable.</summary>
public sealed record BertWordWeight
{
    internal BertWordWeight(string word, float weight, int start, int end, int sequenceId) =>
        (Word, Weight, Start, End, SequenceId) = (word, weight, start, end, sequenceId);

    /// <summary>The word, as it is written in the text.</summary>
    public string Word { get; }

    /// <summary>Positive if the word raises the score, negative if it lowers it. In units of the score.</summary>
    public float Weight { get; }

    /// <summary>The start of the word in its text, in UTF-16 code units.</summary>
    public int Start { get; }

    /// <summary>The end of the word, so that <c>text[Start..End]</c> is the word.</summary>
    public int End { get; }

    /// <summary>0 for a word of the first text, 1 for a word of the second.</summary>
    public int SequenceId { get; }
}
