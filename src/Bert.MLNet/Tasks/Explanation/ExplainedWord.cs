namespace Bert.MLNet.Tasks;

/// <summary>A word and its tokens.</summary>
/// <param name="SequenceId">0 for a word of the first text, 1 for a word of the second.</param>
/// <param name="Start">The start of the word in its text.</param>
/// <param name="End">The end of the word in its text.</param>
/// <param name="FirstToken">The index of its first token in the sequence.</param>
/// <param name="EndToken">The index after its last token.</param>
internal readonly record struct ExplainedWord(int SequenceId, int Start, int End, int FirstToken, int EndToken)
{
    /// <summary>Whether it consists of whitespace, or of tokens of no characters.</summary>
    public bool IsBlank(string text) => text.AsSpan(Start, End - Start).IsWhiteSpace();
}
