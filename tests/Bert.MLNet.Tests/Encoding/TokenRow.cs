namespace Bert.MLNet.Tests.Encoders;

/// <summary>A row of token columns as a user's class would have them, and what a prediction engine gives back for it.</summary>
public class TokenRow
{
    public long[] InputIds { get; set; } = [];

    public long[] AttentionMask { get; set; } = [];

    public long[] TokenTypeIds { get; set; } = [];

    /// <summary>Rows of 1 to 20 tokens, some with masked ones, some pairs.</summary>
    internal static TokenRow[] Seeded(int count)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            int length = random.Next(1, 21), pairStart = random.Next(length + 1);
            bool masked = i % 3 == 0;
            return new TokenRow
            {
                InputIds = [.. Enumerable.Range(0, length).Select(_ => (long)random.Next(5, TinyCheckpoint.Vocabulary.Count))],
                AttentionMask = [.. Enumerable.Range(0, length).Select(j => masked && j > 0 ? random.Next(2) : 1L)],
                TokenTypeIds = [.. Enumerable.Range(0, length).Select(j => j < pairStart ? 0L : 1L)],
            };
        })];
    }
}
