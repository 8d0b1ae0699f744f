using System.Runtime.InteropServices;
using Bert.MLNet.Encoders;

namespace Bert.MLNet.Tasks;

/// <summary>The tokens that the model reads together, and the words that they represent.</summary>
/// <param name="encoding">The tokens.</param>
/// <param name="words">The words. A token of a text belongs to one of them, a token of a prompt to none.</param>
internal sealed class ExplainedSequence(BertEncoding encoding, IReadOnlyList<ExplainedWord> words)
{
    public IReadOnlyList<ExplainedWord> Words => words;

    /// <summary>Finds the words of a sequence.</summary>
    /// <param name="encoding">The tokens of one or two texts.</param>
    /// <param name="texts">The texts of the row, without a prompt.</param>
    /// <param name="first">The index of the sequence's first text.</param>
    /// <param name="prompt">The number of characters in front of the text.</param>
    public static ExplainedSequence Create(BertEncoding encoding, IReadOnlyList<string> texts, int first = 0, int prompt = 0)
    {
        var words = new List<ExplainedWord>();
        int? wordId = null;
        for (int token = 0; token < encoding.Length; token++)
        {
            (int start, int end) = encoding.Offsets[token];
            if (encoding.SequenceIds[token] is not { } sequence || prompt > 0 && end <= prompt)
                continue;
            var word = new ExplainedWord(first + sequence, Math.Max(start - prompt, 0), end - prompt, token, token + 1);
            bool isSameWord = wordId == encoding.WordIds[token];
            wordId = encoding.WordIds[token];
            string text = texts[word.SequenceId];
            if (words is not [.., var last] || last.SequenceId != word.SequenceId)
                words.Add(word);
            else if (last.IsBlank(text)) // the space before a word can be a token of its own
                words[^1] = word with { FirstToken = last.FirstToken };
            else if (isSameWord && !FollowsSpace(last, word, text))
                words[^1] = last with { End = Math.Max(last.End, word.End), EndToken = word.EndToken };
            else
                words.Add(word);
        }
        JoinLastBlanks(words, texts);
        return new ExplainedSequence(encoding, [.. words.Select(word =>
        {
            (int start, int end) = TextPart.Trimmed(texts[word.SequenceId], word.Start, word.End);
            return word with { Start = start, End = end };
        })]);
    }

    /// <summary>Returns the tokens, with another in place of those of some words.</summary>
    /// <param name="replacement">The other token.</param>
    /// <param name="hidden">The words whose tokens it replaces.</param>
    public TokenSequence<float[]> Tokens(int replacement, params ReadOnlySpan<ExplainedWord> hidden)
    {
        var sequence = new TokenSequence<float[]> { PairStart = encoding.TypeStart };
        sequence.Ids.AddRange(encoding.Ids);
        foreach (ExplainedWord word in hidden)
            CollectionsMarshal.AsSpan(sequence.Ids)[word.FirstToken..word.EndToken].Fill(replacement);
        return sequence;
    }

    // Some tokenizers treat a whole text as one word.
    private static bool FollowsSpace(ExplainedWord last, ExplainedWord token, string text) =>
        token.Start >= last.End && last.End < text.Length && char.IsWhiteSpace(text[last.End]);

    // The space at the end of a text belongs to the last word.
    private static void JoinLastBlanks(List<ExplainedWord> words, IReadOnlyList<string> texts)
    {
        for (int i = words.Count - 1; i > 0; i--)
        {
            if (!words[i].IsBlank(texts[words[i].SequenceId]) || words[i - 1].SequenceId != words[i].SequenceId)
                continue;
            words[i - 1] = words[i - 1] with { EndToken = words[i].EndToken };
            words.RemoveAt(i);
        }
    }
}
