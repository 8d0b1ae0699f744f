namespace Bert.MLNet.Cli.Messages;

/// <summary>Suggests what a user meant by a name that does not exist.</summary>
internal static class Suggestion
{
    /// <summary>
    /// Returns " Did you mean 'NAME'?" with the most similar name, or an empty text if no name differs by at most a third of its letters.
    /// </summary>
    /// <param name="given">The name that the user gave.</param>
    /// <param name="names">The names that exist.</param>
    public static string For(string given, IEnumerable<string> names)
    {
        (string Name, int Distance)[] near =
        [
            .. names.Where(name => Math.Abs(name.Length - given.Length) <= name.Length / 3 + 1)
                .Select(name => (Name: name, Distance: Distance(given.Trim().ToLowerInvariant(), name.Trim().ToLowerInvariant())))
                .Where(pair => pair.Distance <= Math.Max(1, pair.Name.Trim().Length / 3)).OrderBy(pair => pair.Distance),
        ];
        return near is [var best, ..] && best.Name.Length > 1 ? $" Did you mean '{best.Name}'?" : "";
    }

    // The number of characters to insert, to remove, to change, or to swap with the next one.
    private static int Distance(string one, string other)
    {
        int[,] distances = new int[one.Length + 1, other.Length + 1];
        for (int i = 0; i <= one.Length; i++)
        {
            for (int j = 0; j <= other.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    distances[i, j] = i + j;
                    continue;
                }
                int changed = distances[i - 1, j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
                int least = Math.Min(changed, 1 + Math.Min(distances[i - 1, j], distances[i, j - 1]));
                bool isSwap = i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
                distances[i, j] = isSwap ? Math.Min(least, distances[i - 2, j - 2] + 1) : least;
            }
        }
        return distances[one.Length, other.Length];
    }
}
