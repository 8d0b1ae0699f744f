using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;
using Options = Bert.MLNet.BertEncoderEstimator.Options;

namespace Bert.MLNet.Encoders;

/// <summary>The columns that an encoder step reads and adds.</summary>
internal static class EncoderColumns
{
    /// <summary>Finds the input columns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    public static (DataViewSchema.Column Ids, DataViewSchema.Column? Mask, DataViewSchema.Column? Types) Bind(
        DataViewSchema schema, Options options) => (
        TokenInputColumn.Find(schema, options.InputIdsColumnName, nameof(options.InputIdsColumnName)),
        options.AttentionMaskColumnName is { } mask ? TokenInputColumn.Find(schema, mask, nameof(options.AttentionMaskColumnName)) : null,
        options.TokenTypeIdsColumnName is { } types ? TokenInputColumn.Find(schema, types, nameof(options.TokenTypeIdsColumnName)) : null);

    /// <summary>Adds the output columns to a schema shape.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or has the wrong type.</exception>
    public static SchemaShape AddTo(SchemaShape schema, Options options)
    {
        SchemaShape.Column ids = TokenInputColumn.Find(schema, options.InputIdsColumnName, nameof(options.InputIdsColumnName));
        if (options.AttentionMaskColumnName is { } mask)
            TokenInputColumn.Find(schema, mask, nameof(options.AttentionMaskColumnName));
        if (options.TokenTypeIdsColumnName is { } types)
            TokenInputColumn.Find(schema, types, nameof(options.TokenTypeIdsColumnName));
        bool known = ids.Kind == SchemaShape.Column.VectorKind.Vector;
        return OutputShape.Add(schema, [.. options.Outputs.Select(column => known || column.HasFixedSize
            ? OutputShape.Vector(column.Name, NumberDataViewType.Single)
            : OutputShape.VariableVector(column.Name, NumberDataViewType.Single))]);
    }
}
