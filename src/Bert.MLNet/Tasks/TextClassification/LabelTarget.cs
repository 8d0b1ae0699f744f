using Bert.MLNet.DataViews;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tasks;

/// <summary>A column of labels that have names: one for each row, or any number.</summary>
internal abstract class LabelTarget(DataViewSchema.Column column, KeyValues labels) : SequenceLabels(column)
{
    private const string Expected = "a key (MapValueToKey makes one) or, for any number of labels, a vector of keys or of Boolean";

    /// <summary>What the keys, or the slots, stand for.</summary>
    public KeyValues Labels => labels;

    /// <summary>What HuggingFace calls it.</summary>
    protected abstract string ProblemType { get; }

    /// <summary>The config of a checkpoint that has learnt it.</summary>
    public BertConfig ConfigOf(BertModel model) => model.Config.WithHead(HeadKind.SequenceClassification, Labels.Names, ProblemType);

    /// <summary>The objective, and the rows with the weights that it asks for.</summary>
    /// <exception cref="InvalidOperationException">There is nothing to learn from these rows.</exception>
    public abstract (SequenceObjective Objective, TrainingRow[] Rows) Learn(TrainingRow[] rows);

    /// <summary>Finds the column that the options name.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is missing or has another type.</exception>
    public static LabelTarget Find(DataViewSchema schema, TextClassificationTrainer.Options options)
    {
        DataViewSchema.Column column = InputColumn.Find(schema, options.LabelColumnName, nameof(options.LabelColumnName), Expected,
            type => type is KeyDataViewType || MultiLabelTarget.Fits(type));
        return column.Type is KeyDataViewType ? new SingleLabelTarget(column, options) : new MultiLabelTarget(column, options);
    }

    /// <summary>The same before there are data.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is missing or has another type.</exception>
    public static SchemaShape.Column Find(SchemaShape schema, TextClassificationTrainer.Options options) =>
        InputColumn.Find(schema, options.LabelColumnName, nameof(options.LabelColumnName), Expected,
            column => column.IsKey
                || column.ItemType == BooleanDataViewType.Instance && column.Kind == SchemaShape.Column.VectorKind.Vector);

    public override void CheckSame(SequenceLabels other)
    {
        if (!((LabelTarget)other).Labels.Names.SequenceEqual(Labels.Names))
        {
            throw new ArgumentException(
                $"The labels of column '{Column.Name}' stand for other values in the validation set than in the training data. " +
                "Transform both with one fitted MapValueToKey.", nameof(other));
        }
    }
}
