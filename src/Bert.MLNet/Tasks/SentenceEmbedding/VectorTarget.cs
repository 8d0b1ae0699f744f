using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tasks;

/// <summary>A column of vectors of another model. A vector with NaN is a missing value.</summary>
internal sealed class VectorTarget(DataViewSchema schema, string name) : SequenceLabels(
    InputColumn.Find(schema, name, nameof(SentenceEmbeddingTrainer.Options.LabelColumnName), Expected,
        type => type is VectorDataViewType { IsKnownSize: true } vector && vector.ItemType == NumberDataViewType.Single))
{
    private const string Expected = "a vector of Single of known size";

    /// <summary>Checks the column when only the shape of the schema is known.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    public static void Check(SchemaShape schema, string name) => InputColumn.Find(
        schema, name, nameof(SentenceEmbeddingTrainer.Options.LabelColumnName), Expected,
        column => column.ItemType == NumberDataViewType.Single && column.Kind == SchemaShape.Column.VectorKind.Vector);

    public override Func<float[]?> CreateReader(DataViewRow row)
    {
        var getter = row.GetGetter<VBuffer<float>>(Column);
        VBuffer<float> value = default;
        return () =>
        {
            getter(ref value);
            float[] vector = [.. value.DenseValues()];
            return Array.Exists(vector, float.IsNaN) ? null : vector;
        };
    }

    public override void CheckSame(SequenceLabels other)
    {
        int size = ((VectorDataViewType)Column.Type).Size, otherSize = ((VectorDataViewType)other.Column.Type).Size;
        if (size != otherSize)
        {
            throw new ArgumentException(
                $"The vectors of column '{Column.Name}' have {size} values in the training data and {otherSize} in the validation set. " +
                "Compute both with the same model.", nameof(other));
        }
    }
}
