using System.Collections.Immutable;
using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Microsoft.ML;
using Microsoft.ML.Data;
using Options = Bert.MLNet.BertPoolingEstimator.Options;

namespace Bert.MLNet.Pooling;

/// <summary>The columns of a schema that a pooling step reads.</summary>
/// <param name="Hidden">The last hidden states; null if only layers are pooled.</param>
/// <param name="Layers">The hidden states of several layers; null if none are pooled.</param>
/// <param name="Mask">The masks; null if all tokens count.</param>
/// <param name="Ids">The token ids; null if all tokens weigh the same.</param>
/// <param name="Width">The number of values of a hidden state.</param>
internal sealed record PoolingColumns(
    DataViewSchema.Column? Hidden,
    DataViewSchema.Column? Layers,
    DataViewSchema.Column? Mask,
    DataViewSchema.Column? Ids,
    int Width)
{
    /// <summary>
    /// Checks that the input columns exist and are vectors of the right items. Dimensions are checked once there is data.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has a type that does not fit.</exception>
    public static void Check(SchemaShape schema, Options options)
    {
        if (options.PoolsLastHiddenState)
            FindStates(schema, options.InputColumnName, nameof(options.InputColumnName));
        if (options.PoolsLayers)
            FindStates(schema, options.HiddenStatesColumnName, nameof(options.HiddenStatesColumnName));
        if (options.AttentionMaskColumnName is { } mask)
            TokenInputColumn.Find(schema, mask, nameof(options.AttentionMaskColumnName));
        if (options.TokenWeights is not null)
            TokenInputColumn.Find(schema, options.InputIdsColumnName, nameof(options.InputIdsColumnName));
    }

    /// <summary>Finds the input columns and the width of a hidden state.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has a type or dimensions that do not fit.</exception>
    public static PoolingColumns Bind(DataViewSchema schema, Options options)
    {
        DataViewSchema.Column? hidden = !options.PoolsLastHiddenState ? null : InputColumn.Find(
            schema, options.InputColumnName, nameof(options.InputColumnName),
            "hidden states, a vector of Single with the dimensions [length, hidden size],", type => HasDimensions(type, 2));
        DataViewSchema.Column? layers = !options.PoolsLayers ? null : InputColumn.Find(
            schema, options.HiddenStatesColumnName, nameof(options.HiddenStatesColumnName),
            "hidden states of several layers, a vector of Single with the dimensions [layers, length, hidden size],",
            type => HasDimensions(type, 3));
        DataViewSchema.Column? mask = options.AttentionMaskColumnName is { } name
            ? TokenInputColumn.Find(schema, name, nameof(options.AttentionMaskColumnName))
            : null;
        DataViewSchema.Column? ids = options.TokenWeights is null
            ? null
            : TokenInputColumn.Find(schema, options.InputIdsColumnName, nameof(options.InputIdsColumnName));

        if (layers is { } column && Dimensions(column)[0] < options.NumberOfLastLayers)
        {
            throw new ArgumentOutOfRangeException(nameof(schema),
                $"Column '{column.Name}' has {Dimensions(column)[0]} layers, but {nameof(options.NumberOfLastLayers)} is " +
                $"{options.NumberOfLastLayers}. " +
                "Ask the encoder for more layers, or average fewer.");
        }
        if (hidden is { } one && layers is { } several && Dimensions(one)[^1] != Dimensions(several)[^1])
        {
            throw new ArgumentOutOfRangeException(nameof(schema),
                $"The hidden states in '{one.Name}' have {Dimensions(one)[^1]} values and those in '{several.Name}' " +
                $"{Dimensions(several)[^1]}. " +
                "Take both from one encoder.");
        }
        return new PoolingColumns(hidden, layers, mask, ids, Dimensions((hidden ?? layers)!.Value)[^1]);
    }

    private static void FindStates(SchemaShape schema, string name, string option) => InputColumn.Find(schema, name, option,
            "a vector of Single",
            column => column.Kind != SchemaShape.Column.VectorKind.Scalar && column.ItemType == NumberDataViewType.Single);

    private static bool HasDimensions(DataViewType type, int count) =>
        type is VectorDataViewType vector && vector.ItemType == NumberDataViewType.Single
            && vector.Dimensions.Length == count && vector.Dimensions[^1] > 0;

    private static ImmutableArray<int> Dimensions(DataViewSchema.Column column) => ((VectorDataViewType)column.Type).Dimensions;
}
