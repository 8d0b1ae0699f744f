namespace Bert.MLNet;

/// <summary>
/// How a decoder writes texts: greedily, with beams, or by chance. The names, defaults and meanings are those of HuggingFace's
/// <c>GenerationConfig</c> (transformers 4.52). Immutable.
/// </summary>
/// <remarks>
/// The score of a text is the sum of the logarithms of its tokens' probabilities, divided by its length, without the start token, to the
/// power of <see cref="LengthPenalty"/>. All lengths are in tokens of the decoder's tokenizer.
/// </remarks>
public sealed record BertGenerationOptions
{
    /// <summary>The number of texts that are continued at the same time; 1 (the default) continues with the likeliest token only.</summary>
    public int NumBeams { get; init; } = 1;

    /// <summary>The maximum length of a text, the start and end tokens included. Default 20.</summary>
    public int MaxLength { get; init; } = 20;

    /// <summary>The length, start token included, before which a text does not end. Default 0.</summary>
    public int MinLength { get; init; }

    /// <summary>The exponent of the length by which scores are divided; a higher one prefers longer texts. Default 1.</summary>
    public double LengthPenalty { get; init; } = 1;

    /// <summary>The length of sequences of tokens that occur at most once in a text. Default 0: any can recur.</summary>
    public int NoRepeatNgramSize { get; init; }

    /// <summary>
    /// The factor by which tokens that a text already has become less likely; above 0, and below 1 to make them likelier. Negative scores
    /// are multiplied by it and others are divided: logarithms of probabilities in a beam search, otherwise scores before softmax. Default
    /// 1.
    /// </summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>The id of the token with which every text begins, such as a language. Default null: any token.</summary>
    public int? ForcedBosTokenId { get; init; }

    /// <summary>
    /// The id of the last token of a text that reaches <see cref="MaxLength"/>, such as the end token. Default null: any token.
    /// </summary>
    public int? ForcedEosTokenId { get; init; }

    /// <summary>When a beam search ends. Default <see cref="BertEarlyStopping.Heuristic"/>.</summary>
    public BertEarlyStopping EarlyStopping { get; init; }

    /// <summary>
    /// The number of texts per source, the best first; at most <see cref="NumBeams"/> unless they are sampled. Default 1.
    /// </summary>
    public int NumReturnSequences { get; init; } = 1;

    /// <summary>Whether each token is drawn at random from the predicted probabilities. Default false.</summary>
    public bool DoSample { get; init; }

    /// <summary>The number by which scores of tokens are divided before one is drawn; above 0. Default 1.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>The number of likeliest tokens from which one is drawn; 0 for all. Default 50.</summary>
    public int TopK { get; init; } = 50;

    /// <summary>
    /// The probability of the likeliest tokens from which one is drawn: the fewest whose probabilities add up to it. Default 1: all.
    /// </summary>
    public double TopP { get; init; } = 1;

    /// <summary>
    /// The seed of drawn tokens. Default 42. The tokens drawn for a source depend only on it, the source and the other options, not on
    /// other rows.
    /// </summary>
    public int Seed { get; init; } = 42;

    /// <summary>Checks the values.</summary>
    /// <param name="decoder">The decoder's config.</param>
    /// <exception cref="ArgumentException">A value is not valid; the message names it.</exception>
    internal BertGenerationOptions Validated(BertConfig decoder)
    {
        int positions = decoder.MaxTokens, vocabulary = decoder.VocabSize;
        Check(NumBeams is >= 1 and <= 1000, nameof(NumBeams), NumBeams, "from 1 to 1000");
        Check(MaxLength >= 2 && MaxLength <= positions, nameof(MaxLength), MaxLength,
            $"from 2 to {positions}, the positions of the decoder");
        Check(MinLength >= 0, nameof(MinLength), MinLength, "at least 0");
        Check(double.IsFinite(LengthPenalty), nameof(LengthPenalty), LengthPenalty, "a finite number");
        Check(NoRepeatNgramSize >= 0, nameof(NoRepeatNgramSize), NoRepeatNgramSize, "at least 0");
        Check(double.IsFinite(RepetitionPenalty) && RepetitionPenalty > 0, nameof(RepetitionPenalty), RepetitionPenalty, "above 0");
        foreach ((string name, int? id) in new[]
        {
            (nameof(ForcedBosTokenId), ForcedBosTokenId), (nameof(ForcedEosTokenId), ForcedEosTokenId),
        })
            Check(id is null || id >= 0 && id < vocabulary, name, id ?? 0, $"the id of a token, from 0 to {vocabulary - 1}");
        Check(Enum.IsDefined(EarlyStopping), nameof(EarlyStopping), EarlyStopping, "a defined value");
        Check(NumReturnSequences >= 1, nameof(NumReturnSequences), NumReturnSequences, "at least 1");
        Check(double.IsFinite(Temperature) && Temperature > 0, nameof(Temperature), Temperature, "above 0");
        Check(TopK >= 0, nameof(TopK), TopK, "at least 0");
        Check(TopP is > 0 and <= 1, nameof(TopP), TopP, "above 0 and at most 1");
        if (DoSample && NumBeams > 1)
            throw new ArgumentException(
                $"{nameof(DoSample)} is true and {nameof(NumBeams)} is {NumBeams}; beams are not sampled. Set {nameof(NumBeams)} to 1.");
        if (!DoSample && NumReturnSequences > NumBeams)
            throw new ArgumentException(
                $"{nameof(NumReturnSequences)} is {NumReturnSequences}, but {nameof(NumBeams)} is {NumBeams}: there are no more texts " +
                $"than beams. Raise {nameof(NumBeams)}, or set {nameof(DoSample)}.");
        return this;

        static void Check(bool isValid, string name, object value, string due)
        {
            if (!isValid)
                throw new ArgumentException(FormattableString.Invariant(
                    $"{nameof(BertGenerationOptions)}.{name} is {value}; it must be {due}."));
        }
    }
}
