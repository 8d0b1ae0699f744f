using Options = Bert.MLNet.BertExplanationEstimator.Options;

namespace Bert.MLNet.Tasks;

/// <summary>The texts of a row as the model reads them: together in one sequence, or each in a sequence of its own.</summary>
/// <param name="Text">The first text.</param>
/// <param name="Pair">The second text; null if rows have one.</param>
/// <param name="Sequences">The sequences.</param>
internal sealed record ExplainedTexts(string Text, string? Pair, IReadOnlyList<ExplainedSequence> Sequences)
{
    /// <summary>The words of all sequences, each with its sequence.</summary>
    public IEnumerable<(ExplainedSequence Sequence, ExplainedWord Word)> Words =>
        Sequences.SelectMany(sequence => sequence.Words.Select(word => (sequence, word)));

    /// <summary>Tokenizes the texts of a row in the same way as for prediction.</summary>
    /// <param name="options">The resolved options.</param>
    /// <param name="prompt">The text in front of each text that becomes a vector.</param>
    /// <param name="text">The first text.</param>
    /// <param name="pair">The second text; null if rows have one.</param>
    public static ExplainedTexts Read(Options options, string prompt, string text, string? pair)
    {
        string[] texts = pair is null ? [text] : [text, pair];
        if (!options.ReadsVectors)
        {
            BertEncoding encoding = options.Checkpoint.Tokenizer.Encode(text, pair, new() { MaxLength = options.MaxLength });
            return new(text, pair, [ExplainedSequence.Create(encoding, texts)]);
        }
        return new(text, pair, [.. texts.Select((part, i) => ExplainedSequence.Create(
            options.Checkpoint.Tokenizer.Encode(prompt + part, options: new() { MaxLength = options.MaxLength }),
            texts, i, prompt.Length))]);
    }

    /// <summary>Returns the words with their weights.</summary>
    /// <param name="weights">The weights, in the order of <see cref="Words"/>.</param>
    public IReadOnlyList<BertWordWeight> Weighted(IEnumerable<float> weights) => [.. Words.Zip(weights, (word, weight) =>
    {
        (int id, int start, int end, _, _) = word.Word;
        return new BertWordWeight((id == 0 ? Text : Pair!)[start..end], weight, start, end, id);
    })];
}
