using System.Buffers;
using Bert.MLNet.Encoders;

namespace Bert.MLNet.Embeddings;

/// <summary>Tokenizes the texts of rows with a prompt in front of each. Thread-safe.</summary>
/// <param name="prompt">The prompt; empty for none.</param>
/// <param name="encode">Appends the tokens of a text with its prompt to a sequence.</param>
internal sealed class PromptedTexts(string prompt, PromptedTexts.Encoder encode)
{
    /// <summary>Appends the tokens of a text to a sequence without tokens.</summary>
    public delegate void Encoder(ReadOnlySpan<char> text, TokenSequence<float[]> sequence);

    /// <summary>Sets the sequences of a row.</summary>
    /// <param name="row">The row with its texts.</param>
    /// <param name="hasPair">Whether rows have two texts.</param>
    public void Tokenize(VectorRow row, bool hasPair)
    {
        if (row.Items.Length == 0)
            row.Items = hasPair ? [new(), new()] : [new()];
        Tokenize(row.Text.Span, row.Items[0]);
        if (hasPair)
            Tokenize(row.Pair.Span, row.Items[1]);
    }

    private void Tokenize(ReadOnlySpan<char> text, TokenSequence<float[]> sequence)
    {
        char[]? prompted = null;
        if (prompt.Length > 0)
        {
            prompted = ArrayPool<char>.Shared.Rent(prompt.Length + text.Length);
            prompt.CopyTo(prompted);
            text.CopyTo(prompted.AsSpan(prompt.Length));
            text = prompted.AsSpan(0, prompt.Length + text.Length);
        }
        sequence.Ids.Clear();
        encode(text, sequence);
        if (prompted is not null)
            ArrayPool<char>.Shared.Return(prompted);
    }
}
