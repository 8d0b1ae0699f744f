using Bert.MLNet.Training;

namespace Bert.MLNet.Tests.Training;

/// <summary>Short texts whose label hangs on one word of them, for trainings that take seconds.</summary>
internal static class ToyLanguage
{
    private static readonly string[] s_good = ["good", "great", "love"], s_bad = ["bad", "poor", "hate"],
        s_neither = ["time", "day", "price"];
    private static readonly string[] s_others = "the a and it is was this that i you we they very so but with of to in on for".Split(' ');

    /// <summary>The small model that learns it, with random weights.</summary>
    public static BertModel Model(string architecture = "BertModel") =>
        new TinyCheckpoint { Architecture = architecture, Seed = "toy" }.Load();

    /// <summary>Texts with labels 0, 1 and, for three classes, 2.</summary>
    public static IEnumerable<(string Text, int Label)> Texts(int count, int seed, int classes = 2)
    {
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            int label = random.Next(classes);
            string[] telling = label switch { 0 => s_bad, 1 => s_good, _ => s_neither };
            string[] words = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => s_others[random.Next(s_others.Length)])];
            words[random.Next(words.Length)] = telling[random.Next(telling.Length)];
            yield return (string.Join(' ', words), label);
        }
    }

    /// <summary>
    /// Texts with labels of which a third are wrong, so that a model that has learned them by heart is too sure of what it predicts.
    /// </summary>
    public static Opinion[] Doubtful(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Texts(count, seed).Select(row => new Opinion
        {
            Text = row.Text,
            Label = row.Label == 1 ^ random.NextDouble() < 1.0 / 3,
        })];
    }

    /// <summary>The texts as rows of a training.</summary>
    public static TrainingRow[] Rows(BertModel model, int count, int seed) => [.. Texts(count, seed).Select((row, i) =>
    {
        var ids = new List<int>();
        model.Tokenizer.EncodeTo(
            row.Text, default, hasPair: false, model.MaxSequenceLength, BertTruncation.LongestFirst, ids, out int pairStart);
        return new TrainingRow([.. ids], pairStart, i, [row.Label]);
    })];

    /// <summary>A row of an ML.NET data view.</summary>
    public sealed class Opinion
    {
        public string Text { get; set; } = "";

        public bool Label { get; set; }
    }
}
