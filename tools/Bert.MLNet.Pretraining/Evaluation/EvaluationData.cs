using System.Globalization;

namespace Bert.MLNet.Pretraining.Evaluation;

/// <summary>The data sets, and a printed row of results for each representation of a text.</summary>
internal sealed class EvaluationData
{
    private readonly string _similarity;
    private readonly LabelledText[] _train, _dev, _yelp;

    public EvaluationData(string folder, int trainRows)
    {
        _similarity = Path.Combine(folder, "stsb", "stsb-en-dev.csv");
        _train = [.. Sentiment.Read(Path.Combine(folder, "sst2", "train.tsv"), hasHeader: true).Take(trainRows)];
        _dev = Sentiment.Read(Path.Combine(folder, "sst2", "dev.tsv"), hasHeader: true);
        _yelp = Sentiment.Read(Path.Combine(folder, "yelp", "yelp_labelled.txt"), hasHeader: false);
        Console.WriteLine("| features | STS-B dev | SST-2 dev | with 100 labels | yelp 5 × 80/20 | with 100 labels |");
        Console.WriteLine("|---|--:|--:|--:|--:|--:|");
    }

    /// <summary>
    /// Prints two rows: with SDCA at its defaults, and with L2 regularization chosen by cross-validation on the training rows.
    /// </summary>
    /// <param name="name">First cell of the row.</param>
    /// <param name="embed">Converts texts to vectors; null for n-grams.</param>
    public void Print(string name, Func<IReadOnlyList<string>, float[][]>? embed)
    {
        LabelledText[] train = _train, dev = _dev, yelp = _yelp;
        if (embed is not null)
            (train, dev, yelp) = (Sentiment.Embed(train, embed), Sentiment.Embed(dev, embed), Sentiment.Embed(yelp, embed));
        double? similarity = embed is null ? null : Similarity.Spearman(_similarity, embed);
        foreach (Sentiment sentiment in new[] { new Sentiment(chooseRegularization: false), new Sentiment(chooseRegularization: true) })
        {
            Row(sentiment.ChoosesRegularization ? $"{name}, L2 chosen" : name, sentiment.ChoosesRegularization ? null : similarity,
                sentiment.Accuracy(train, dev), sentiment.Few(train, 100, dev), sentiment.Splits(yelp), sentiment.Few(yelp, 100));
        }
    }

    public void PrintSimilarity(string name, Func<IReadOnlyList<string>, float[][]> embed) =>
        Row(name, Similarity.Spearman(_similarity, embed), null, null, null, null);

    private static void Row(string name, params double?[] figures) =>
        Console.WriteLine(
            $"| {name} | {string.Join(" | ", figures.Select(figure => figure?.ToString("F1", CultureInfo.InvariantCulture) ?? "–"))} |");
}
