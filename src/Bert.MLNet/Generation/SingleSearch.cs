using System.Numerics.Tensors;

namespace Bert.MLNet.Generation;

/// <summary>A search that continues one text, with the likeliest token or with one that is drawn.</summary>
/// <param name="options">The options.</param>
/// <param name="start">The token from which the text is continued.</param>
/// <param name="end">The token that ends the text.</param>
/// <param name="sampler">Draws the tokens; null to take the likeliest.</param>
internal sealed class SingleSearch(BertGenerationOptions options, int start, int end, TokenSampler? sampler) : TextSearch(options, end)
{
    private readonly int[] _text = FromStart(options.MaxLength, start);
    private int _length = 1;
    private double _score;

    public override IReadOnlyList<GeneratedSequence> Found =>
        [new([.. _text.AsSpan(0, _length)], TokenScores.Penalized(_score, Math.Max(1, _length - 1), Options.LengthPenalty))];

    public override int Token(int text) => _text[_length - 1];

    public override int Parent(int text) => 0;

    public override void Advance(TextScores scores)
    {
        Span<float> next = scores(0);
        double all = TokenScores.LogSumExp(next);
        TokenScores.Process(next, all, _text.AsSpan(0, _length), Options, End);
        int token = TensorPrimitives.IndexOfMax<float>(next);
        if (float.IsNegativeInfinity(next[token]))
        {
            IsDone = true; // every token is excluded
            return;
        }
        double score = next[token];
        if (sampler is not null)
        {
            token = sampler.Draw(next, out float drawn);
            score = drawn;
        }
        _score += score - all;
        _text[_length++] = token;
        IsDone = token == End || _length == Options.MaxLength;
    }

    private static int[] FromStart(int length, int token)
    {
        int[] text = new int[length];
        text[0] = token;
        return text;
    }
}
