using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms.Text;

namespace Bert.MLNet.Pretraining.Evaluation;

/// <summary>CLINC150, TREC, SNLI, and SST-2 with a few rows of each label: one of any number of labels for a text or a pair.</summary>
internal sealed class LabelTask : FineTuningTask
{
    private const string Outside = "oos", Features = nameof(Features), Score = nameof(Score);

    /// <summary>The share of validation rows to accept when texts outside of all labels are to be recognized.</summary>
    private const double InScopeRate = 0.9;

    private readonly Row[][] _train;
    private readonly Row[] _validation, _test, _outside;

    /// <param name="train">The training rows; some are drawn.</param>
    /// <param name="validation">The rows that determine the threshold of the score; empty if no text is outside of all labels.</param>
    /// <param name="test">The test rows.</param>
    /// <param name="rows">The number of training rows; null for <paramref name="rowsPerLabel"/> or all.</param>
    /// <param name="rowsPerLabel">The number of training rows of each label; null for all.</param>
    private LabelTask(Row[] train, Row[] validation, Row[] test, int? rows, int? rowsPerLabel)
    {
        train = [.. InScope(train)];
        _train = rowsPerLabel is { } count
            ? DrawsByLabel(train, count, row => row.Label)
            : [.. Few([(train, test)], rows).Select(split => split.Train)];
        _validation = [.. InScope(validation)];
        _test = [.. InScope(test)];
        _outside = [.. test.Where(row => row.Label == Outside)];
    }

    public override int Splits => _train.Length;

    public override int TrainRows => _train[0].Length;

    private bool HasPairs { get; init; }

    /// <summary>150 intents, and test rows without any of them.</summary>
    public static LabelTask Intents(string folder, int? rows, int? rowsPerLabel) =>
        new(Texts(folder, "train"), Texts(folder, "val"), Texts(folder, "test"), rows, rowsPerLabel);

    /// <summary>TREC: six kinds of questions.</summary>
    public static LabelTask Questions(string folder, int? rows, int? rowsPerLabel) =>
        new(Texts(folder, "train"), [], Texts(folder, "test"), rows, rowsPerLabel);

    /// <summary>
    /// SNLI's development set: whether a hypothesis follows from a premise. A random fifth of the premises is the test set.
    /// </summary>
    public static LabelTask Inferences(string path, int? rows, int? rowsPerLabel)
    {
        IGrouping<string, Row>[] premises =
        [
            .. Fields(path).Select(fields => new Row { Label = fields[0], Text = fields[1], Pair = fields[2] })
                .GroupBy(row => row.Text),
        ];
        (IGrouping<string, Row>[] train, IGrouping<string, Row>[] test) = RandomSplits(premises)[0];
        return new([.. train.SelectMany(row => row)], [], [.. test.SelectMany(row => row)], rows, rowsPerLabel) { HasPairs = true };
    }

    /// <summary>SST-2: positive or negative.</summary>
    public static LabelTask Sentiments(string folder, int? rowsPerLabel)
    {
        return new(Read("train"), [], Read("dev"), rows: null, rowsPerLabel);

        Row[] Read(string name) => [.. Sentiment.Read(Path.Combine(folder, name + ".tsv"), hasHeader: true)
            .Select(row => new Row { Label = row.Label ? "positive" : "negative", Text = row.Text })];
    }

    public override IReadOnlyList<(string Name, double Value)> Measure(FineTuningSettings settings, int split)
    {
        MLContext ml = settings.ML;
        TransformerChain<ITransformer> model = Trainer(settings).Fit(ml.Data.LoadFromEnumerable(_train[split]));
        using var disposable = model as IDisposable;
        (string Label, float Score)[] test = Predict(_test);
        List<(string, double)> figures =
            [("accuracy", Percent(test.Zip(_test).Count(row => row.First.Label == row.Second.Label), test.Length))];
        if (_outside.Length > 0)
        {
            float[] scores = [.. Predict(_validation).Select(row => row.Score).OrderDescending()];
            float threshold = scores[(int)Math.Ceiling(InScopeRate * scores.Length) - 1];
            figures.Add(("in-scope rows accepted", Percent(test.Count(row => row.Score >= threshold), test.Length)));
            figures.Add(("out-of-scope recall", Percent(Predict(_outside).Count(row => row.Score < threshold), _outside.Length)));
        }
        return figures;

        (string Label, float Score)[] Predict(Row[] rows)
        {
            IDataView scored = model.Transform(ml.Data.LoadFromEnumerable(rows));
            return [.. scored.GetColumn<string>("PredictedLabel").Zip(scored.GetColumn<float[]>(Score).Select(scores => scores.Max()))];
        }
    }

    private EstimatorChain<ITransformer> Trainer(FineTuningSettings settings)
    {
        MLContext ml = settings.ML;
        EstimatorChain<ITransformer> trainer = new EstimatorChain<ITransformer>()
            .Append<ITransformer>(ml.Transforms.Conversion.MapValueToKey(nameof(Row.Label)));
        if (settings.Model is null)
        {
            trainer = trainer.Append<ITransformer>(
                ml.Transforms.Text.FeaturizeText(Features, new TextFeaturizingEstimator.Options(), TextColumns)).AppendCacheCheckpoint(ml)
                .Append<ITransformer>(ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(
                    new SdcaMaximumEntropyMulticlassTrainer.Options { NumberOfThreads = 1 }));
        }
        else if (settings.Method == ClassifierMethod.Embed)
        {
            trainer = trainer
                .Append<ITransformer>(ml.Transforms.Text.ApplyBertEmbedding(Features, nameof(Row.Text), settings.Model, normalize: true))
                .AppendCacheCheckpoint(ml)
                .Append<ITransformer>(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(
                    new LbfgsMaximumEntropyMulticlassTrainer.Options
                    {
                        L1Regularization = 0, L2Regularization = 0.3f, NumberOfThreads = 1,
                    }));
        }
        else
        {
            trainer = trainer.Append<ITransformer>(ml.MulticlassClassification.Trainers.TextClassification(
                settings.Common(new TextClassificationTrainer.Options
                {
                    Sentence1ColumnName = nameof(Row.Text),
                    Sentence2ColumnName = HasPairs ? nameof(Row.Pair) : null,
                    FewShot = settings.Method == ClassifierMethod.FewShot ? settings.FewShot : null,
                })));
        }
        return trainer.Append<ITransformer>(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
    }

    private string[] TextColumns => HasPairs ? [nameof(Row.Text), nameof(Row.Pair)] : [nameof(Row.Text)];

    // A label, its group and a text.
    private static Row[] Texts(string folder, string name) =>
        [.. Fields(Path.Combine(folder, name + ".tsv")).Select(fields => new Row { Label = fields[0], Text = fields[2] })];

    private static IEnumerable<string[]> Fields(string path) => DataLines.Read(path).Skip(1).Select(line => line.Split('\t'));

    private static IEnumerable<Row> InScope(Row[] rows) => rows.Where(row => row.Label != Outside);

    private static double Percent(int count, int all) => 100.0 * count / all;

    private sealed class Row
    {
        public string Label { get; set; } = "";

        public string Text { get; set; } = "";

        public string Pair { get; set; } = "";
    }
}
