using System.Collections;

namespace Bert.MLNet.Evaluation;

/// <summary>The longest common subsequence of two sequences of tokens.</summary>
internal static class CommonSubsequence
{
    /// <summary>The length of the subsequence, in time that grows with the product of the lengths.</summary>
    public static int Length(string[] one, string[] other) => Fill(one, other, (_, _) => { });

    /// <summary>The indices of the subsequence in <paramref name="reference"/>, of several equally long ones as rouge_score does.</summary>
    /// <exception cref="InvalidOperationException">The texts are too long to be compared.</exception>
    public static IEnumerable<int> Indices(string[] reference, string[] other)
    {
        long cells = (long)(reference.Length + 1) * (other.Length + 1);
        if (cells > int.MaxValue)
        {
            throw new InvalidOperationException(
                $"ROUGE-Lsum cannot compare sentences of {reference.Length} and {other.Length} words. Separate the sentences by line " +
                "breaks.");
        }
        var back = new BitArray((int)cells);
        int width = other.Length + 1;
        Fill(reference, other, (i, j) => back[i * width + j] = true);
        for ((int i, int j) = (reference.Length, other.Length); i > 0 && j > 0;)
        {
            if (reference[i - 1] == other[j - 1])
            {
                yield return i - 1;
                (i, j) = (i - 1, j - 1);
            }
            else if (back[i * width + j])
            {
                j--;
            }
            else
            {
                i--;
            }
        }
    }

    // Computes the lengths row by row, and calls an action where leaving out a token of the second sequence is better.
    private static int Fill(string[] one, string[] other, Action<int, int> second)
    {
        int[] above = new int[other.Length + 1], row = new int[other.Length + 1];
        for (int i = 1; i <= one.Length; i++)
        {
            for (int j = 1; j <= other.Length; j++)
            {
                row[j] = one[i - 1] == other[j - 1] ? above[j - 1] + 1 : Math.Max(above[j], row[j - 1]);
                if (row[j - 1] > above[j])
                    second(i, j);
            }
            (above, row) = (row, above);
        }
        return above[^1];
    }
}
