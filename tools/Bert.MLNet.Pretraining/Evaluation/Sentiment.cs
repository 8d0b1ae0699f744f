using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace Bert.MLNet.Pretraining.Evaluation;

/// <summary>A labeled sentence; <see cref="Features"/> is set when it has been embedded.</summary>
internal sealed class LabelledText
{
    public string Text { get; set; } = "";

    public bool Label { get; set; }

    public float[] Features { get; set; } = [];
}

/// <summary>
/// The accuracy of ML.NET's logistic regression (SDCA) on given features: at its defaults, which suit features of some scales better than
/// others, or with the L2 regularization that is best on held-out training rows.
/// </summary>
internal sealed class Sentiment(bool chooseRegularization)
{
    private const int Folds = 5;
    private const int ManyRows = 10_000; // with this many, one fold is enough

    private static readonly int[] s_seeds = [1, 2, 3, 4, 5];
    private static readonly float[] s_regularizations = [1e-6f, 1e-5f, 1e-4f, 3e-4f, 1e-3f, 3e-3f, 1e-2f];

    public bool ChoosesRegularization => chooseRegularization;

    /// <summary>Reads sentences with a label, 0 or 1, as the last character of the line (yelp's file has a row without a tab).</summary>
    public static LabelledText[] Read(string path, bool hasHeader) =>
        [.. File.ReadLines(path).Skip(hasHeader ? 1 : 0).Select(line => line.Trim()).Where(line => line.Length > 0)
            .Select(line => new LabelledText { Text = line[..^1].Trim(), Label = line[^1] == '1' })];

    /// <summary>Sets the features of all rows.</summary>
    public static LabelledText[] Embed(LabelledText[] rows, Func<IReadOnlyList<string>, float[][]> embed)
    {
        float[][] vectors = embed([.. rows.Select(row => row.Text)]);
        return [.. rows.Select((row, i) => new LabelledText { Text = row.Text, Label = row.Label, Features = vectors[i] })];
    }

    /// <summary>Accuracy on test rows, 0 to 100.</summary>
    public double Accuracy(IReadOnlyList<LabelledText> train, IReadOnlyList<LabelledText> test) =>
        100 * Evaluate(train, test, chooseRegularization ? BestRegularization(train) : null).Accuracy;

    /// <summary>Mean accuracy over five random splits into 80 % and 20 %.</summary>
    public double Splits(LabelledText[] rows) => s_seeds.Average(seed =>
    {
        LabelledText[] shuffled = Shuffle(rows, seed);
        return Accuracy(shuffled[..(rows.Length * 4 / 5)], shuffled[(rows.Length * 4 / 5)..]);
    });

    /// <summary>Mean accuracy over five random draws of a few training rows; the other rows are the test set unless there is one.</summary>
    public double Few(LabelledText[] rows, int count, LabelledText[]? test = null) => s_seeds.Average(seed =>
    {
        LabelledText[] shuffled = Shuffle(rows, seed);
        return Accuracy(shuffled[..count], test ?? shuffled[count..]);
    });

    private static float BestRegularization(IReadOnlyList<LabelledText> rows)
    {
        LabelledText[] shuffled = Shuffle([.. rows], 1);
        return s_regularizations.MinBy(l2 => Enumerable.Range(0, rows.Count < ManyRows ? Folds : 1).Average(fold => Evaluate(
            [.. shuffled.Where((_, i) => i % Folds != fold)], [.. shuffled.Where((_, i) => i % Folds == fold)], l2).LogLoss));
    }

    private static CalibratedBinaryClassificationMetrics Evaluate(
        IReadOnlyList<LabelledText> train, IReadOnlyList<LabelledText> test, float? l2)
    {
        var ml = new MLContext(seed: 1);
        // With several threads, every run would have another result.
        var trainer = ml.BinaryClassification.Trainers.SdcaLogisticRegression(
            new SdcaLogisticRegressionBinaryTrainer.Options { L2Regularization = l2, NumberOfThreads = 1 });
        IDataView rows = Load(ml, train);
        ITransformer model = train[0].Features.Length > 0
            ? trainer.Fit(rows)
            : ml.Transforms.Text.FeaturizeText("Features", nameof(LabelledText.Text)).Append(trainer).Fit(rows);
        return ml.BinaryClassification.Evaluate(model.Transform(Load(ml, test)));
    }

    private static LabelledText[] Shuffle(LabelledText[] rows, int seed)
    {
        LabelledText[] shuffled = [.. rows];
        new Random(seed).Shuffle(shuffled);
        return shuffled;
    }

    private static IDataView Load(MLContext ml, IReadOnlyList<LabelledText> rows)
    {
        SchemaDefinition schema = SchemaDefinition.Create(typeof(LabelledText));
        int width = rows[0].Features.Length;
        if (width == 0)
            schema.Remove(schema["Features"]);
        else
            schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, width);
        return ml.Data.Cache(ml.Data.LoadFromEnumerable(rows, schema));
    }
}
