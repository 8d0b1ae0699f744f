using System.Numerics.Tensors;
using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tasks;

/// <summary>The columns that a classifier adds, and the computation of their values from a row's logits.</summary>
internal sealed class ClassifierOutputs
{
    private readonly BertClassifierEstimator.Options _options;
    private readonly IReadOnlyList<string> _labels;
    private readonly List<(DataViewSchema.DetachedColumn Column, Func<Func<VectorRow>, Delegate> CreateGetter)> _outputs = [];

    /// <param name="options">The resolved options.</param>
    public ClassifierOutputs(BertClassifierEstimator.Options options)
    {
        _options = options;
        KeyValues labels = options.Labels!;
        _labels = labels.Names;
        switch (options.ProblemType)
        {
            case BertProblemType.Regression when labels.Count == 1:
                Add(PredictionColumn.Regression(options.ScoreColumnName), FirstLogit);
                break;
            case BertProblemType.Regression:
                Add(PredictionColumn.Scores(options.ScoreColumnName, labels), Scores);
                break;
            case var _ when options.ProbabilityColumnName is { } probability:
                DataViewSchema.DetachedColumn[] columns =
                    PredictionColumn.Binary(options.OutputColumnName, options.ScoreColumnName, probability);
                Add(columns[0], IsPredicted);
                Add(columns[1], LastLogOdds);
                Add(columns[2], LastProbability);
                break;
            case BertProblemType.SingleLabelClassification:
                Add(PredictionColumn.Labels(options.OutputColumnName, labels), BestLabel);
                Add(PredictionColumn.Scores(options.ScoreColumnName, labels), Scores);
                break;
            default:
                Add(PredictionColumn.Labels(options.OutputColumnName, labels, size: 0), LabelsOverThreshold);
                Add(PredictionColumn.Scores(options.ScoreColumnName, labels), Scores);
                break;
        }
        if (options.LogitsColumnName is { } logits)
            Add(PredictionColumn.Scores(logits, labels), Logits);
        if (options.TopK > 0)
        {
            Add(PredictionColumn.Labels(options.TopLabelsColumnName, labels, options.TopK), TopLabels);
            Add(new(options.TopScoresColumnName, new VectorDataViewType(NumberDataViewType.Single, options.TopK)), TopScores);
        }
        if (options.ScopeThreshold is { } threshold)
            Add(PredictionColumn.InScope(options.InScopeColumnName),
                current => IsInScope(current, logits => Probabilities.Largest(logits) >= threshold));
        if (options is { ScopeDistance: { } distance, ScopeCenters: { } centers })
            Add(PredictionColumn.InScope(options.InScopeColumnName),
                current => IsInScope(current, logits => centers.Distance(logits) <= distance));
        (string, string)[] inputs = [(options.InputColumnName, nameof(options.InputColumnName))];
        if (options.PairColumnName is { } pair)
            inputs = [.. inputs, (pair, nameof(options.PairColumnName))];
        Columns = new StepColumns(inputs, [.. _outputs.Select(output => output.Column)]).Checked();
    }

    public StepColumns Columns { get; }

    public Delegate CreateGetter(int output, Func<VectorRow> current) => _outputs[output].CreateGetter(current);

    /// <summary>Returns the most probable labels of a row, most probable first.</summary>
    /// <param name="logits">The row's logits.</param>
    /// <param name="count">The maximum number of labels.</param>
    public IReadOnlyList<BertLabelScore> Best(float[] logits, int count)
    {
        float[] scores = new float[logits.Length];
        Activate(logits, scores);
        return [.. Probabilities.Top(logits, count).Select(label => new BertLabelScore(_labels[label], scores[label]))];
    }

    private void Add(DataViewSchema.DetachedColumn column, Func<Func<VectorRow>, Delegate> createGetter) =>
        _outputs.Add((column, createGetter));

    private static ValueGetter<float> FirstLogit(Func<VectorRow> current) => (ref float value) => value = current().Vector()[0];

    // ML.NET's evaluation also uses the sign of the score.
    private static ValueGetter<bool> IsPredicted(Func<VectorRow> current) => (ref bool value) => value = LogOdds(current().Vector()) >= 0;

    private static ValueGetter<float> LastLogOdds(Func<VectorRow> current) => (ref float value) => value = LogOdds(current().Vector());

    private static ValueGetter<float> LastProbability(Func<VectorRow> current) =>
        (ref float value) => value = 1 / (1 + MathF.Exp(-LogOdds(current().Vector())));

    // The log-odds of the last label: the softmax of two logits is the sigmoid of their difference.
    private static float LogOdds(float[] logits) => logits.Length == 1 ? logits[0] : logits[1] - logits[0];

    private ValueGetter<VBuffer<float>> Scores(Func<VectorRow> current) => (ref VBuffer<float> value) =>
    {
        float[] logits = current().Vector();
        VBufferEditor<float> editor = VBufferEditor.Create(ref value, logits.Length);
        Activate(logits, editor.Values);
        value = editor.Commit();
    };

    private static ValueGetter<VBuffer<float>> Logits(Func<VectorRow> current) => (ref VBuffer<float> value) =>
    {
        float[] logits = current().Vector();
        VBufferEditor<float> editor = VBufferEditor.Create(ref value, logits.Length);
        logits.CopyTo(editor.Values);
        value = editor.Commit();
    };

    // Keys count from 1.
    private static ValueGetter<uint> BestLabel(Func<VectorRow> current) =>
        (ref uint value) => value = (uint)TensorPrimitives.IndexOfMax<float>(current().Vector()) + 1;

    private static ValueGetter<bool> IsInScope(Func<VectorRow> current, Func<float[], bool> accepts) =>
        (ref bool value) => value = accepts(current().Vector());

    private ValueGetter<VBuffer<uint>> LabelsOverThreshold(Func<VectorRow> current)
    {
        float[] scores = new float[_options.LabelCount];
        return (ref VBuffer<uint> value) =>
        {
            Activate(current().Vector(), scores);
            uint[] labels =
                [.. Enumerable.Range(0, scores.Length).Where(i => scores[i] >= _options.Thresholds[i]).Select(i => (uint)i + 1)];
            VBufferEditor<uint> editor = VBufferEditor.Create(ref value, labels.Length);
            labels.CopyTo(editor.Values);
            value = editor.Commit();
        };
    }

    private ValueGetter<VBuffer<uint>> TopLabels(Func<VectorRow> current) => (ref VBuffer<uint> value) =>
    {
        VBufferEditor<uint> editor = VBufferEditor.Create(ref value, _options.TopK);
        int slot = 0;
        foreach (int label in Probabilities.Top(current().Vector(), _options.TopK))
            editor.Values[slot++] = (uint)label + 1;
        value = editor.Commit();
    };

    private ValueGetter<VBuffer<float>> TopScores(Func<VectorRow> current)
    {
        float[] scores = new float[_options.LabelCount];
        return (ref VBuffer<float> value) =>
        {
            float[] logits = current().Vector();
            Activate(logits, scores);
            VBufferEditor<float> editor = VBufferEditor.Create(ref value, _options.TopK);
            int slot = 0;
            foreach (int label in Probabilities.Top(logits, _options.TopK))
                editor.Values[slot++] = scores[label];
            value = editor.Commit();
        };
    }

    private void Activate(ReadOnlySpan<float> logits, Span<float> scores)
    {
        switch (_options.ProblemType)
        {
            case BertProblemType.SingleLabelClassification:
                Probabilities.Softmax(logits, scores);
                break;
            case BertProblemType.MultiLabelClassification:
                Probabilities.Sigmoid(logits, scores);
                break;
            default:
                logits.CopyTo(scores);
                break;
        }
    }
}
