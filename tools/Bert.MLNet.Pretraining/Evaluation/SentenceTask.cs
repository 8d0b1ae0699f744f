using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms;

namespace Bert.MLNet.Pretraining.Evaluation;

/// <summary>SST-2, yelp, CoLA, MRPC and STS-B: a class or a similarity of a text or a pair.</summary>
internal sealed class SentenceTask : FineTuningTask
{
    private const string Features = nameof(Features);
    private const string Predicted = nameof(Predicted);

    private readonly (LabelledPair[] Train, LabelledPair[] Test)[] _splits;
    private readonly bool _hasPairs;
    private readonly bool _isSimilarity; // labels are numbers, otherwise two classes

    public SentenceTask(string name, string folder, int? rows)
    {
        (LabelledPair[], LabelledPair[])[] splits;
        (splits, _hasPairs, _isSimilarity) = name switch
        {
            // The usual split into training and development.
            "sst2" => ([(Texts(Path.Combine(folder, "sst2", "train.tsv"), hasHeader: true),
                Texts(Path.Combine(folder, "sst2", "dev.tsv"), hasHeader: true))], false, false),
            "stsb" => ([(Similarities(Path.Combine(folder, "stsb", "stsb-en-train.csv")),
                Similarities(Path.Combine(folder, "stsb", "stsb-en-dev.csv")))], true, true),
            // No test set.
            "yelp" => (RandomSplits(Texts(Path.Combine(folder, "yelp", "yelp_labelled.txt"), hasHeader: false)), false, false),
            "cola" => (RandomSplits(Acceptability(Path.Combine(folder, "cola", "in_domain_train.tsv"))), false, false),
            _ => (RandomSplits(Paraphrases(Path.Combine(folder, "mrpc", "train.tsv"))), true, false),
        };
        _splits = Few(splits, rows);
    }

    public override int Splits => _splits.Length;

    public override int TrainRows => _splits[0].Train.Length;

    public override IReadOnlyList<(string Name, double Value)> Measure(FineTuningSettings settings, int split)
    {
        MLContext ml = settings.ML;
        IEstimator<ITransformer> trainer = settings.Model is null ? NGrams(ml) : Trainer(settings);
        ITransformer fitted = trainer.Fit(ml.Data.LoadFromEnumerable(_splits[split].Train));
        using var disposable = fitted as IDisposable;
        IDataView scored = fitted.Transform(ml.Data.LoadFromEnumerable(_splits[split].Test));
        if (_isSimilarity)
        {
            SentenceSimilarityMetrics metrics = ml.Regression.EvaluateSentenceSimilarity(scored, nameof(LabelledPair.Score), Predicted);
            return [("Spearman", 100 * metrics.SpearmanCorrelation), ("Pearson", 100 * metrics.PearsonCorrelation)];
        }
        BinaryClassificationMetrics classes = ml.BinaryClassification.EvaluateNonCalibrated(scored, scoreColumnName: Predicted);
        List<(string, double)> figures = [("accuracy", 100 * classes.Accuracy)];
        if (_hasPairs)
            figures.Add(("F1", 100 * classes.F1Score));
        figures.Add(("Matthews correlation", 100 * Matthews(classes.ConfusionMatrix)));
        if (settings.Int8 && fitted is BertTransformer task)
            figures.Add(("accuracy in int8", 100 * Quantized(ml, task.Model.Quantize(), _splits[split].Test)));
        return figures;
    }

    // Matthews (1975), "Comparison of the predicted and observed secondary structure of T4 phage lysozyme".
    private static double Matthews(ConfusionMatrix confusion)
    {
        IReadOnlyList<IReadOnlyList<double>> counts = confusion.Counts;
        (double tp, double fn, double fp, double tn) = (counts[0][0], counts[0][1], counts[1][0], counts[1][1]);
        double product = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn);
        return product > 0 ? ((tp * tn) - (fp * fn)) / Math.Sqrt(product) : 0;
    }

    private double Quantized(MLContext ml, BertModel model, LabelledPair[] test)
    {
        const string Score = "QuantizedScore";
        IDataView rows = ml.Data.LoadFromEnumerable(test);
        using BertClassifierTransformer classifier = ml.Transforms.Text.ApplyBertClassifier(new BertClassifierEstimator.Options
        {
            Model = model,
            InputColumnName = nameof(LabelledPair.Sentence1),
            PairColumnName = _hasPairs ? nameof(LabelledPair.Sentence2) : null,
            ScoreColumnName = Score,
        }).Fit(rows);
        return classifier.Transform(rows).GetColumn<float[]>(Score).Zip(test, (scores, row) => scores[1] > scores[0] == row.Label ? 1.0 : 0)
            .Average();
    }

    private IEstimator<ITransformer> Trainer(FineTuningSettings settings) => _isSimilarity
        ? settings.ML.Regression.Trainers.SentenceSimilarity(settings.Common(new SentenceSimilarityTrainer.Options
        {
            LabelColumnName = nameof(LabelledPair.Score),
            ScoreColumnName = Predicted,
            BiEncoder = settings.BiEncoder,
        }))
        : settings.ML.BinaryClassification.Trainers.TextClassification(settings.Common(new TextClassificationBinaryTrainer.Options
        {
            Sentence2ColumnName = _hasPairs ? nameof(LabelledPair.Sentence2) : null,
            ScoreColumnName = Predicted,
        }));

    private EstimatorChain<ColumnCopyingTransformer> NGrams(MLContext ml)
    {
        IEstimator<ITransformer> features = _hasPairs
            ? ml.Transforms.Text.FeaturizeText("First", nameof(LabelledPair.Sentence1))
                .Append(ml.Transforms.Text.FeaturizeText("Second", nameof(LabelledPair.Sentence2)))
                .Append(ml.Transforms.Concatenate(Features, "First", "Second"))
            : ml.Transforms.Text.FeaturizeText(Features, nameof(LabelledPair.Sentence1));
        // With several threads, every run would have another result.
        IEstimator<ITransformer> trainer = _isSimilarity
            ? ml.Regression.Trainers.Sdca(
                new SdcaRegressionTrainer.Options { LabelColumnName = nameof(LabelledPair.Score), NumberOfThreads = 1 })
            : ml.BinaryClassification.Trainers.SdcaLogisticRegression(
                new SdcaLogisticRegressionBinaryTrainer.Options { NumberOfThreads = 1 });
        // ML.NET's score would hide the label of the same name.
        return ml.Transforms.CopyColumns("Right", nameof(LabelledPair.Score)).Append(features).AppendCacheCheckpoint(ml).Append(trainer)
            .Append(ml.Transforms.CopyColumns(Predicted, "Score")).Append(ml.Transforms.CopyColumns("Score", "Right"));
    }

    private static LabelledPair[] Texts(string path, bool hasHeader) =>
        [.. Sentiment.Read(path, hasHeader).Select(row => new LabelledPair { Sentence1 = row.Text, Score = row.Label ? 1 : 0 })];

    private static LabelledPair[] Similarities(string path) =>
        [.. Csv.Read(path).Select(
            row => new LabelledPair { Sentence1 = row[0], Sentence2 = row[1], Score = float.Parse(row[2], CultureInfo.InvariantCulture) })];

    private static LabelledPair[] Acceptability(string path) =>
        [.. File.ReadLines(path).Skip(1).Select(line => line.Split('\t'))
            .Select(row => new LabelledPair { Sentence1 = row[2], Score = row[1] == "1" ? 1 : 0 })];

    // Tab-separated, with a header, and quotes that are part of the text.
    private static LabelledPair[] Paraphrases(string path) =>
        [.. File.ReadLines(path).Skip(1).Select(line => line.Split('\t'))
            .Select(row => new LabelledPair { Sentence1 = row[3], Sentence2 = row[4], Score = row[0] == "1" ? 1 : 0 })];
}
