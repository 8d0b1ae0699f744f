using Bert.MLNet.DataViews;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tasks;

/// <summary>A column of labels with names: one label, or any number of labels, for each row.</summary>
internal abstract class LabelTarget(DataViewSchema.Column column, KeyValues labels) : SequenceLabels(column)
{
    private const string Expected = "a key (as created by MapValueToKey) or, for any number of labels, a vector of keys or of Boolean";

    /// <summary>The values that the keys or slots represent.</summary>
    public KeyValues Labels => labels;

    public override IReadOnlyList<string> Names => labels.Names;

    /// <summary>Whether a row has one label or any number.</summary>
    public abstract BertProblemType Problem { get; }

    /// <summary>HuggingFace's name of the problem type.</summary>
    protected abstract string ProblemType { get; }

    /// <summary>Returns the config of a checkpoint that was trained on these labels.</summary>
    /// <param name="model">The checkpoint.</param>
    /// <param name="lstmSize">The size of an LSTM before the labels; null for that of the checkpoint.</param>
    public BertConfig ConfigOf(BertModel model, int? lstmSize = null) =>
        model.Config.WithHead(HeadKind.SequenceClassification, Labels.Names, ProblemType).WithLstm(lstmSize);

    /// <summary>Returns the objective, and the rows with the weights that it requires.</summary>
    /// <exception cref="InvalidOperationException">The rows do not contain enough labels.</exception>
    public abstract (SequenceObjective Objective, TrainingRow[] Rows) Learn(TrainingRow[] rows);

    /// <summary>Finds the column that is named in the options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    public static LabelTarget Find(DataViewSchema schema, TextClassificationTrainer.Options options)
    {
        DataViewSchema.Column column = InputColumn.Find(schema, options.LabelColumnName, nameof(options.LabelColumnName), Expected,
            type => type is KeyDataViewType || MultiLabelTarget.Fits(type));
        return column.Type is KeyDataViewType ? new SingleLabelTarget(column, options) : new MultiLabelTarget(column, options);
    }

    /// <summary>Finds the column when only the shape of the schema is known.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    public static SchemaShape.Column Find(SchemaShape schema, TextClassificationTrainer.Options options) =>
        InputColumn.Find(schema, options.LabelColumnName, nameof(options.LabelColumnName), Expected,
            column => column.IsKey
                || column.ItemType == BooleanDataViewType.Instance && column.Kind == SchemaShape.Column.VectorKind.Vector);

    public override void CheckSame(SequenceLabels other)
    {
        if (!((LabelTarget)other).Labels.Names.SequenceEqual(Labels.Names))
        {
            throw new ArgumentException(
                $"The labels of column '{Column.Name}' represent other values in the validation set than in the training data. " +
                "Transform both with one fitted MapValueToKey.", nameof(other));
        }
    }
}
