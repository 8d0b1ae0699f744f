using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Bert.MLNet.Samples;

/// <summary>
/// Classifies reviews with ML.NET's logistic regression on BERT embeddings, on n-grams (FeaturizeText) and on both, with all labels and
/// with few, and with the best model that a search finds. Then saves the last classifier as model.zip, loads it again and predicts.
/// </summary>
public static class SentimentSample
{
    private const int FewLabels = 50;
    private const int Draws = 5;

    public sealed class Review
    {
        public string Text { get; set; } = "";
        public string Label { get; set; } = "";
    }

    public sealed class Prediction
    {
        public string PredictedLabel { get; set; } = "";
        public float[] Score { get; set; } = []; // probabilities, in the order in which the labels occur in the training data
    }

    /// <param name="bert">The model that reads the texts.</param>
    /// <param name="trainFile">A file with the columns Text and Label.</param>
    /// <param name="testFile">A file for testing; if null, a fifth of <paramref name="trainFile"/> is used.</param>
    /// <param name="modelFile">The model.zip to write.</param>
    /// <param name="searches">Whether to search for the best model, too.</param>
    public static void Run(BertModel bert, string trainFile, string? testFile, string modelFile, bool searches = true)
    {
        var ml = new MLContext(seed: 1);
        IDataView train = Load(ml, trainFile), test;
        if (testFile is not null)
            test = Load(ml, testFile);
        else
        {
            DataOperationsCatalog.TrainTestData split = ml.Data.TrainTestSplit(train, testFraction: 0.2, seed: 1);
            (train, test) = (split.TrainSet, split.TestSet);
        }
        (train, test) = (ml.Data.Cache(train), ml.Data.Cache(test)); // otherwise, every model reads the files again
        if (Count(train) < 20 || train.GetColumn<string>("Label").Distinct().Count() < 2)
            throw new FormatException(
                $"{trainFile}: {Count(train) + Count(test)} texts are too few, or all of them have the same label. At least 25 texts and " +
                "two labels are needed.");

        Compare(ml, bert, train, test);
        if (searches)
        {
            (string name, double accuracy) = Search(ml, bert, train, test);
            Console.WriteLine($"{"best of a search",-20}{Cell(accuracy, Count(test)),20}     {name}");
        }
        Console.WriteLine();
        Console.WriteLine($"The right column is the mean of {Draws} draws. ± is the standard error with {Count(test)} test texts.");
        ITransformer model = Train(ml, bert, train);
        ml.Model.SaveToFile(model, train.Schema, modelFile);
        Console.WriteLine();
        Console.WriteLine($"Saved as {modelFile} ({new FileInfo(modelFile).Length / 1e6:F1} MB), loaded again, and used to predict:");
        Ask(modelFile, ml.Data.CreateEnumerable<Review>(ml.Data.TakeRows(ml.Data.ShuffleRows(test, seed: 1), 6), reuseRowObject: false));
    }

    private static void Compare(MLContext ml, BertModel bert, IDataView train, IDataView test)
    {
        int all = Count(train), few = Math.Min(FewLabels, all / 2);
        Console.WriteLine($"{all} training texts, {Count(test)} test texts. Accuracy:");
        Console.WriteLine();
        Console.WriteLine($"{"features",-20}{$"all {all} labels",20}{$"{few} labels",20}");
        IDataView labels = Labels(ml, train);
        foreach ((string name, IEstimator<ITransformer> features) in Features(ml, bert))
        {
            MulticlassClassificationMetrics withAll = Evaluate(ml, labels, features, train, test);
            MulticlassClassificationMetrics[] withFew =
            [
                .. Enumerable.Range(0, Draws)
                    .Select(draw => Evaluate(ml, labels, features, ml.Data.TakeRows(ml.Data.ShuffleRows(train, seed: draw), few), test)),
            ];
            string mean = Cell(withFew.Average(m => m.MicroAccuracy), Count(test));
            Console.WriteLine($"{name,-20}{Cell(withAll.MicroAccuracy, Count(test)),20}{mean,20}");
        }
    }

    /// <summary>
    /// Searches for the best model by cross-validation of the training texts, without fine-tuning, which needs libtorch.
    /// </summary>
    /// <returns>The name of the best model, and its accuracy on the test texts.</returns>
    public static (string Name, double Accuracy) Search(MLContext ml, BertModel bert, IDataView train, IDataView test)
    {
        var settings = new TextClassificationExperimentSettings { Models = [bert], Sentence1ColumnName = "Text", FineTunes = false };
        using BertExperimentResult found = ml.BertAuto().CreateTextClassificationExperiment(settings).Execute(train);
        IEnumerable<string> predicted = found.Model.Transform(test).GetColumn<string>("PredictedLabel");
        double accuracy = test.GetColumn<string>("Label").Zip(predicted, (label, other) => label == other ? 1.0 : 0).Average();
        return (found.BestRun.TrainerName, accuracy);
    }

    /// <summary>Shows what another program does: it references Bert.MLNet and loads the file, which contains the weights.</summary>
    private static void Ask(string modelFile, IEnumerable<Review> reviews)
    {
        var ml = new MLContext();
        using PredictionEngine<Review, Prediction> engine =
            ml.Model.CreatePredictionEngine<Review, Prediction>(ml.Model.LoadFromFile(modelFile, out _));
        foreach (Review review in reviews)
        {
            Prediction prediction = engine.Predict(review);
            Console.WriteLine($"  {prediction.PredictedLabel} ({prediction.Score.Max():P0}; label {review.Label}) {Shorten(review.Text)}");
        }
    }

    /// <summary>Trains the classifier to save, on embeddings and n-grams together.</summary>
    public static ITransformer Train(MLContext ml, BertModel bert, IDataView data) =>
        Pipeline(ml, Labels(ml, data), Features(ml, bert)[^1].Estimator).Fit(data);

    /// <summary>Gets all labels. A draw of a few texts may not contain each of them.</summary>
    private static IDataView Labels(MLContext ml, IDataView data) => ml.Transforms.SelectColumns("Label").Fit(data).Transform(data);

    private static (string Name, IEstimator<ITransformer> Estimator)[] Features(MLContext ml, BertModel bert)
    {
        // The vectors have length 1, like those of FeaturizeText, so neither part outweighs the other.
        IEstimator<ITransformer> Words(string column) => ml.Transforms.Text.FeaturizeText(column, "Text");
        IEstimator<ITransformer> Meaning(string column) => ml.Transforms.Text.ApplyBertEmbedding(column, "Text", bert, normalize: true);
        return
        [
            ("FeaturizeText", Words("Features")),
            ("BERT embeddings", Meaning("Features")),
            ("both", Words("Words").Append(Meaning("Meaning")).Append(ml.Transforms.Concatenate("Features", "Words", "Meaning"))),
        ];
    }

    private static EstimatorChain<KeyToValueMappingTransformer> Pipeline(
        MLContext ml, IDataView labels, IEstimator<ITransformer> features) =>
        ml.Transforms.Conversion.MapValueToKey("Label", keyData: labels)
            .Append(features)
            .AppendCacheCheckpoint(ml) // the trainer reads its data many times; the texts are encoded once
            // for vectors of length 1
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(l1Regularization: 0, l2Regularization: 0.3f))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

    private static MulticlassClassificationMetrics Evaluate(
        MLContext ml, IDataView labels, IEstimator<ITransformer> features, IDataView train, IDataView test)
    {
        using TransformerChain<KeyToValueMappingTransformer> model = Pipeline(ml, labels, features).Fit(train);
        return ml.MulticlassClassification.Evaluate(model.Transform(test));
    }

    /// <summary>Reads the columns Text and Label of a tab-separated file, or of a comma-separated one that is called .csv.</summary>
    public static IDataView Load(MLContext ml, string file)
    {
        char separator = Path.GetExtension(file).Equals(".csv", StringComparison.OrdinalIgnoreCase) ? ',' : '\t';
        string[] header = (File.ReadLines(file).FirstOrDefault() ?? "").Split(separator);
        return ml.Data.LoadFromTextFile(file, new TextLoader.Options
        {
            HasHeader = true,
            Separators = [separator],
            AllowQuoting = separator == ',',
            Columns = [Column("Text"), Column("Label")],
        });

        TextLoader.Column Column(string name)
        {
            int index = Array.FindIndex(header, cell => cell.Trim().Trim('"').Equals(name, StringComparison.OrdinalIgnoreCase));
            return index >= 0
                ? new TextLoader.Column(name, DataKind.String, index)
                : throw new FormatException(
                    $"{file}: the first line must contain the column {name}, but has only: {string.Join(", ", header.Select(Shorten))}.");
        }
    }

    private static int Count(IDataView data) => data.GetColumn<string>("Label").Count();

    private static string Cell(double accuracy, int count) => $"{accuracy:P1} ± {Math.Sqrt(accuracy * (1 - accuracy) / count):P1}";

    private static string Shorten(string text) => text.Length <= 80 ? text : $"{text[..79]}…";
}
