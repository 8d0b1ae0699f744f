namespace Bert.MLNet.Tests.Training;

/// <summary>Texts of short sentences, of which one, with a telling word, is the summary.</summary>
internal static class ToySummaries
{
    private static readonly string[] s_others =
        ["the film was on time", "it is a phone", "they like the book", "this day is so", "we have it in the day"];

    public static Row[] Rows(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            string[] sentences = [.. Enumerable.Range(0, random.Next(3, 6)).Select(_ => s_others[random.Next(s_others.Length)])];
            int place = random.Next(sentences.Length);
            string summary = "we " + (random.Next(2) == 0 ? "love" : "hate") + " the price of " + (random.Next(2) == 0 ? "this" : "that");
            sentences[place] = summary;
            return new Row { Text = string.Join(" . ", sentences) + " .", Target = summary, Place = place };
        })];
    }

    internal sealed class Row
    {
        public string Text { get; set; } = "";

        public string Target { get; set; } = "";

        public int Place { get; set; }
    }
}
