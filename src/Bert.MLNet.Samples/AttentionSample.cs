namespace Bert.MLNet.Samples;

/// <summary>
/// Draws which token attends to which: the last layer's mean attention on the console, and every head on a page for the browser.
/// </summary>
public static class AttentionSample
{
    private const string Shades = " ░▒▓█";

    /// <param name="bert">The model.</param>
    /// <param name="text">The text that it reads.</param>
    /// <param name="pageFile">The page to write.</param>
    public static void Run(BertModel bert, string text, string pageFile)
    {
        BertAttention attention = BertAttention.Compute(bert, text);
        IReadOnlyList<string> tokens = attention.Tokens;
        Console.WriteLine($"{"",-18}{string.Concat(Enumerable.Range(1, tokens.Count).Select(number => $"{number,3}"))}   attends most to");
        foreach ((int i, float[] shares) in attention.Mean(attention.NumberOfLayers - 1).Index())
        {
            float most = shares.Max();
            string cells = string.Concat(shares.Select(share => " " + new string(Shades[(int)(share / most * (Shades.Length - 1))], 2)));
            int target = Array.IndexOf(shares, most);
            Console.WriteLine($"{i + 1,3} {tokens[i],-14}{cells}   {tokens[target]} ({target + 1}), {most:P0}");
        }
        File.WriteAllText(pageFile, attention.ToHtml());
        Console.WriteLine();
        Console.WriteLine($"All {attention.NumberOfLayers} layers of {attention.NumberOfHeads} heads: open {pageFile} in a browser.");
    }
}
