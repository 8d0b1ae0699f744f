using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tasks;

/// <summary>A column of keys whose values are not needed. A missing key is a missing label.</summary>
internal sealed class ClassTarget(DataViewSchema schema, string name) : SequenceLabels(
    InputColumn.Find(schema, name, nameof(SentenceEmbeddingTrainer.Options.LabelColumnName), Expected, type => type is KeyDataViewType))
{
    private const string Expected = "a key (as created by MapValueToKey)";

    /// <summary>Checks the column when only the shape of the schema is known.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    public static void Check(SchemaShape schema, string name) => InputColumn.Find(schema, name,
        nameof(SentenceEmbeddingTrainer.Options.LabelColumnName), Expected,
        column => column.IsKey && column.Kind == SchemaShape.Column.VectorKind.Scalar);

    public override Func<float[]?> CreateReader(DataViewRow row)
    {
        ValueGetter<uint> getter = KeyValues.CreateGetter(row, Column);
        uint key = 0;
        return () =>
        {
            getter(ref key);
            return key == 0 ? null : [key];
        };
    }
}
