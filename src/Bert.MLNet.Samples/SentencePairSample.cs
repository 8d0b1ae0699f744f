using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Samples;

/// <summary>
/// Scores the similarity of two sentences, by the cosine of their embeddings and by a regression trained on scored pairs.
/// </summary>
public static class SentencePairSample
{
    public sealed class Pair
    {
        [LoadColumn(0)] public string Sentence1 { get; set; } = "";
        [LoadColumn(1)] public string Sentence2 { get; set; } = "";
        [LoadColumn(2)] public float Similarity { get; set; } // 0 to 5
    }

    public sealed class Prediction
    {
        public string Sentence1 { get; set; } = "";
        public string Sentence2 { get; set; } = "";
        public float Similarity { get; set; }
        public float Cosine { get; set; } // −1 to 1
        public float Score { get; set; } // the regression's score, 0 to 5
    }

    /// <param name="bert">The model that reads the sentences.</param>
    /// <param name="pairsFile">Tab-separated with a header: two sentences and a score.</param>
    public static void Run(BertModel bert, string pairsFile)
    {
        var ml = new MLContext(seed: 1);
        IDataView pairs = ml.Data.LoadFromTextFile<Pair>(pairsFile, hasHeader: true);
        if (pairs.GetColumn<float>("Similarity").Where(float.IsFinite).Distinct().Count() < 2)
            throw new FormatException(
                $"{pairsFile}: each line after the header must contain two sentences and their similarity as a number, separated by tabs.");

        Prediction[] predictions = CrossPredict(ml, bert, pairs);

        Console.WriteLine($"{predictions.Length} pairs, each scored by a regression that was not trained on it. Pearson correlation with " +
            "the labels:");
        Console.WriteLine($"  cosine of the embeddings, no training      {Correlation(predictions, p => p.Cosine),6:F3}");
        Console.WriteLine($"  regression on features of the pair         {Correlation(predictions, p => p.Score),6:F3}");
        Console.WriteLine();
        Console.WriteLine("label  cosine  regression");
        foreach (Prediction pair in predictions.OrderByDescending(p => p.Similarity).Chunk(Math.Max(1, predictions.Length / 6))
            .Select(chunk => chunk[0]))
            Console.WriteLine($"{pair.Similarity,5:F1}{pair.Cosine,8:F2}{pair.Score,12:F1}  {pair.Sentence1} | {pair.Sentence2}");
    }

    /// <summary>Predicts every pair with a regression trained on the four fifths of the data that do not contain the pair.</summary>
    public static Prediction[] CrossPredict(MLContext ml, BertModel bert, IDataView pairs)
    {
        const int folds = 5;
        float rows = pairs.GetColumn<float>("Similarity").Count() * (folds - 1f) / folds;
        // The order of the sentences has no meaning here, so only the parts that do not depend on it are used.
        var features = ml.Transforms.Text.ApplyBertPairEmbedding(new BertPairEmbeddingEstimator.Options
        {
            Model = bert,
            InputColumnName = "Sentence1",
            PairColumnName = "Sentence2",
            OutputColumnName = "Parts",
            Features = BertPairFeatures.AbsoluteDifference | BertPairFeatures.Product,
            CosineColumnName = "Cosine",
            Normalize = true, // vectors of length 1, so that only their directions are compared
        });
        var pipeline = features
            .Append(ml.Transforms.Concatenate("Features", "Parts", "Cosine"))
            .AppendCacheCheckpoint(ml) // SDCA reads its data many times; the sentences are encoded once
            // the fewer pairs, the smaller the weights
            .Append(ml.Regression.Trainers.Sdca(labelColumnName: "Similarity", l2Regularization: 3f / rows));

        return [.. ml.Regression.CrossValidate(pairs, pipeline, numberOfFolds: folds, labelColumnName: "Similarity")
            .SelectMany(fold => ml.Data.CreateEnumerable<Prediction>(fold.ScoredHoldOutSet, reuseRowObject: false))];
    }

    /// <summary>Computes Pearson's correlation of a prediction with the labels.</summary>
    public static double Correlation(IReadOnlyCollection<Prediction> predictions, Func<Prediction, float> answer)
    {
        double meanAnswer = predictions.Average(answer), meanGiven = predictions.Average(p => p.Similarity);
        double both = predictions.Sum(p => (answer(p) - meanAnswer) * (p.Similarity - meanGiven));
        double squares = predictions.Sum(p => Math.Pow(answer(p) - meanAnswer, 2)) * predictions.Sum(
            p => Math.Pow(p.Similarity - meanGiven, 2));
        return both / Math.Sqrt(squares);
    }
}
