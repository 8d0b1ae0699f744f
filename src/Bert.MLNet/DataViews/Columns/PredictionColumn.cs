using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.DataViews;

/// <summary>Prediction columns with the annotations by which ML.NET's evaluators and mappings recognize them.</summary>
internal static class PredictionColumn
{
    /// <summary>Creates a column of predicted labels: keys with the values that they represent.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="labels">The labels.</param>
    /// <param name="size">
    /// Null for a single label, otherwise the size of a vector of labels; 0 if the size varies from row to row.
    /// </param>
    public static DataViewSchema.DetachedColumn Labels(string name, KeyValues labels, int? size = null)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        labels.AddTo(annotations);
        AddKinds(annotations, AnnotationUtils.Const.ScoreColumnKind.MulticlassClassification,
            AnnotationUtils.Const.ScoreValueKind.PredictedLabel);
        return new(name, size is { } count ? new VectorDataViewType(labels.KeyType, count) : labels.KeyType, annotations.ToAnnotations());
    }

    /// <summary>Creates a column of predicted labels as text.</summary>
    public static DataViewSchema.DetachedColumn TextLabel(string name)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        AddKinds(annotations, AnnotationUtils.Const.ScoreColumnKind.MulticlassClassification,
            AnnotationUtils.Const.ScoreValueKind.PredictedLabel);
        return new(name, TextDataViewType.Instance, annotations.ToAnnotations());
    }

    /// <summary>Creates a column with a score for each label. Its slots have the labels' names.</summary>
    public static DataViewSchema.DetachedColumn Scores(string name, KeyValues labels)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.AddSlotNames(labels.Count, (ref VBuffer<ReadOnlyMemory<char>> value) => Fill(ref value, labels.Names));
        labels.AddTo(annotations, AnnotationUtils.Kinds.TrainingLabelValues);
        AddKinds(annotations, AnnotationUtils.Const.ScoreColumnKind.MulticlassClassification, AnnotationUtils.Const.ScoreValueKind.Score);
        return new(name, new VectorDataViewType(NumberDataViewType.Single, labels.Count), annotations.ToAnnotations());
    }

    /// <summary>Creates a column that says whether a row is likely to have one of the labels.</summary>
    public static DataViewSchema.DetachedColumn InScope(string name) => new(name, BooleanDataViewType.Instance);

    /// <summary>
    /// Creates the columns of a binary classification: whether the label is predicted, its log-odds, and its probability.
    /// </summary>
    public static DataViewSchema.DetachedColumn[] Binary(string labelName, string scoreName, string probabilityName)
    {
        return
        [
            Column(labelName, BooleanDataViewType.Instance, AnnotationUtils.Const.ScoreValueKind.PredictedLabel),
            Column(scoreName, NumberDataViewType.Single, AnnotationUtils.Const.ScoreValueKind.Score),
            Column(probabilityName, NumberDataViewType.Single, AnnotationUtils.Const.ScoreValueKind.Probability),
        ];

        static DataViewSchema.DetachedColumn Column(string name, DataViewType type, string valueKind)
        {
            var annotations = new DataViewSchema.Annotations.Builder();
            AddKinds(annotations, AnnotationUtils.Const.ScoreColumnKind.BinaryClassification, valueKind);
            return new(name, type, annotations.ToAnnotations());
        }
    }

    /// <summary>Creates a column with the value of a regression.</summary>
    public static DataViewSchema.DetachedColumn Regression(string name)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        AddKinds(annotations, AnnotationUtils.Const.ScoreColumnKind.Regression, AnnotationUtils.Const.ScoreValueKind.Score);
        return new(name, NumberDataViewType.Single, annotations.ToAnnotations());
    }

    private static void AddKinds(DataViewSchema.Annotations.Builder annotations, string columnKind, string valueKind)
    {
        annotations.Add(AnnotationUtils.Kinds.ScoreColumnKind, TextDataViewType.Instance,
            (ref ReadOnlyMemory<char> value) => value = columnKind.AsMemory());
        annotations.Add(AnnotationUtils.Kinds.ScoreValueKind, TextDataViewType.Instance,
            (ref ReadOnlyMemory<char> value) => value = valueKind.AsMemory());
    }

    private static void Fill(ref VBuffer<ReadOnlyMemory<char>> value, IReadOnlyList<string> names)
    {
        var editor = VBufferEditor.Create(ref value, names.Count);
        for (int i = 0; i < names.Count; i++)
            editor.Values[i] = names[i].AsMemory();
        value = editor.Commit();
    }
}
