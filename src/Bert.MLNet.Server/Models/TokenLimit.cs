using Bert.MLNet.Server.Requests;

namespace Bert.MLNet.Server.Models;

/// <summary>The number of tokens that a model reads of an input. The rest is truncated.</summary>
/// <param name="MaxLength">The maximum length of a sequence.</param>
/// <param name="Count">Counts the tokens of an input as if nothing was truncated.</param>
internal sealed record TokenLimit<TInput>(int MaxLength, Func<TInput, int> Count)
{
    /// <summary>Refuses an input that was truncated.</summary>
    /// <param name="input">The input.</param>
    /// <param name="sequences">Its sequences. Only one that is full can have been truncated, so that most inputs are counted once.</param>
    /// <param name="field">The field of the request, for the message.</param>
    /// <param name="index">The number of the input in the field, for the message.</param>
    /// <exception cref="RequestException">The input was truncated.</exception>
    public void Check(TInput input, IReadOnlyList<BertPreparedSequence> sequences, string field, int index)
    {
        if (sequences.Any(sequence => sequence.Length >= MaxLength) && Count(input) is int tokens && tokens > MaxLength)
            throw RequestException.TooLarge(
                $"Text {index} of '{field}' has {tokens} tokens, but the model reads at most {MaxLength}. Shorten it, or send " +
                "'\"truncate\": true'.", field);
    }
}
