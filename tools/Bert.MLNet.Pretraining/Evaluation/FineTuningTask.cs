using System.Globalization;

namespace Bert.MLNet.Pretraining.Evaluation;

/// <summary>A data set to fine-tune on: which rows are learnt from, which are tested, and what is measured.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Splits">Rows to learn from and rows to test on; figures of several splits are averaged.</param>
/// <param name="HasPairs">Whether rows have two texts.</param>
/// <param name="IsSimilarity">Whether labels are numbers to come near to, else two classes.</param>
internal sealed record FineTuningTask(string Name, IReadOnlyList<(LabelledPair[] Train, LabelledPair[] Test)> Splits, bool HasPairs, bool IsSimilarity)
{
    private const int Draws = 5;

    public static readonly string[] Names = ["sst2", "yelp", "mrpc", "stsb"];

    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="folder">The folder of the data sets.</param>
    /// <param name="rows">How many rows are learnt from, in five random draws; null: all.</param>
    public static FineTuningTask Read(string name, string folder, int? rows)
    {
        FineTuningTask task = name switch
        {
            // The usual split into training and development.
            "sst2" => new(name, [(Texts(Path.Combine(folder, "sst2", "train.tsv"), hasHeader: true), Texts(Path.Combine(folder, "sst2", "dev.tsv"), hasHeader: true))], false, false),
            "stsb" => new(name, [(Similarities(Path.Combine(folder, "stsb", "stsb-en-train.csv")), Similarities(Path.Combine(folder, "stsb", "stsb-en-dev.csv")))], true, true),
            // No test part: five random splits into 80 % and 20 %.
            "yelp" => new(name, RandomSplits(Texts(Path.Combine(folder, "yelp", "yelp_labelled.txt"), hasHeader: false)), false, false),
            _ => new(name, RandomSplits(Paraphrases(Path.Combine(folder, "mrpc", "train.tsv"))), true, false),
        };
        return rows is null ? task : task with
        {
            Splits = [.. Enumerable.Range(0, Draws).Select(draw =>
            {
                (LabelledPair[] train, LabelledPair[] test) = task.Splits[draw % task.Splits.Count];
                return (Shuffle(train, draw + 1)[..Math.Min(rows.Value, train.Length)], test);
            })],
        };
    }

    private static LabelledPair[] Texts(string path, bool hasHeader) =>
        [.. Sentiment.Read(path, hasHeader).Select(row => new LabelledPair { Sentence1 = row.Text, Score = row.Label ? 1 : 0 })];

    private static LabelledPair[] Similarities(string path) =>
        [.. Csv.Read(path).Select(row => new LabelledPair { Sentence1 = row[0], Sentence2 = row[1], Score = float.Parse(row[2], CultureInfo.InvariantCulture) })];

    // Tab-separated, with a header, and quotes that are part of the text.
    private static LabelledPair[] Paraphrases(string path) =>
        [.. File.ReadLines(path).Skip(1).Select(line => line.Split('\t')).Select(row => new LabelledPair { Sentence1 = row[3], Sentence2 = row[4], Score = row[0] == "1" ? 1 : 0 })];

    private static (LabelledPair[] Train, LabelledPair[] Test)[] RandomSplits(LabelledPair[] rows) =>
    [
        .. Enumerable.Range(1, Draws).Select(seed => Shuffle(rows, seed)).Select(shuffled => (shuffled[..(rows.Length * 4 / 5)], shuffled[(rows.Length * 4 / 5)..])),
    ];

    private static LabelledPair[] Shuffle(LabelledPair[] rows, int seed)
    {
        LabelledPair[] shuffled = [.. rows];
        new Random(seed).Shuffle(shuffled);
        return shuffled;
    }
}
