using System.Collections.Immutable;
using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Microsoft.ML;
using Microsoft.ML.Data;
using Names = Bert.MLNet.BertPoolingEstimator.Options;

namespace Bert.MLNet.Pooling;

/// <summary>What a pooling step reads and computes.</summary>
/// <param name="OutputColumnName">The column that is added.</param>
/// <param name="Hidden">The column of last hidden states; null if only layers are pooled.</param>
/// <param name="Layers">The column of several layers' hidden states; null if none are pooled.</param>
/// <param name="Mask">The column of masks; null if all tokens count.</param>
/// <param name="Ids">The column of token ids; null if all tokens weigh the same.</param>
/// <param name="TokenWeights">How much each token counts in a mean, by id; null if all weigh the same.</param>
/// <param name="NumberOfLastLayers">How many of the layers are averaged.</param>
/// <param name="Pooling">The poolings.</param>
/// <param name="Normalize">Whether the result is scaled to length 1.</param>
internal sealed record PoolingSettings(string OutputColumnName, string? Hidden, string? Layers, string? Mask, string? Ids, IReadOnlyList<float>? TokenWeights, int NumberOfLastLayers, BertPooling Pooling, bool Normalize)
{
    private const BertPooling Known = BertPooling.Cls | BertPooling.Max | BertPooling.Mean | BertPooling.MeanSqrtLength | BertPooling.LastLayersMean;

    /// <summary>Decides on the columns.</summary>
    /// <exception cref="ArgumentException">An option cannot be; the message names it.</exception>
    public static PoolingSettings Create(Names options) => new PoolingSettings(
        options.OutputColumnName,
        options.Pooling == BertPooling.LastLayersMean ? null : options.InputColumnName,
        options.Pooling.HasFlag(BertPooling.LastLayersMean) ? options.HiddenStatesColumnName : null,
        options.AttentionMaskColumnName,
        options.TokenWeights is null ? null : options.InputIdsColumnName,
        options.TokenWeights is null ? null : [.. options.TokenWeights],
        options.NumberOfLastLayers,
        options.Pooling,
        options.Normalize).Checked();

    /// <summary>Checks that the input columns are there and are vectors of the right items. Their dimensions are known when data is.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is missing or has a type that does not fit.</exception>
    public void Check(SchemaShape schema)
    {
        if (Hidden is not null)
            FindStates(schema, Hidden, nameof(Names.InputColumnName));
        if (Layers is not null)
            FindStates(schema, Layers, nameof(Names.HiddenStatesColumnName));
        if (Mask is not null)
            TokenInputColumn.Find(schema, Mask, nameof(Names.AttentionMaskColumnName));
        if (Ids is not null)
            TokenInputColumn.Find(schema, Ids, nameof(Names.InputIdsColumnName));
    }

    /// <summary>Finds the input columns and the width of a hidden state.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is missing or has a type or dimensions that do not fit.</exception>
    public PoolingColumns Bind(DataViewSchema schema)
    {
        DataViewSchema.Column? hidden = Hidden is null ? null : InputColumn.Find(schema, Hidden, nameof(Names.InputColumnName),
            "hidden states, a vector of Single with the dimensions [length, hidden size],", type => HasDimensions(type, 2));
        DataViewSchema.Column? layers = Layers is null ? null : InputColumn.Find(schema, Layers, nameof(Names.HiddenStatesColumnName),
            "hidden states of several layers, a vector of Single with the dimensions [layers, length, hidden size],", type => HasDimensions(type, 3));
        DataViewSchema.Column? mask = Mask is null ? null : TokenInputColumn.Find(schema, Mask, nameof(Names.AttentionMaskColumnName));

        DataViewSchema.Column? ids = Ids is null ? null : TokenInputColumn.Find(schema, Ids, nameof(Names.InputIdsColumnName));

        if (layers is { } column && Dimensions(column)[0] < NumberOfLastLayers)
        {
            throw new ArgumentOutOfRangeException(nameof(schema),
                $"Column '{column.Name}' has {Dimensions(column)[0]} layers, but {nameof(Names.NumberOfLastLayers)} is {NumberOfLastLayers}. Ask the encoder for more layers, or average fewer.");
        }
        if (hidden is { } one && layers is { } several && Dimensions(one)[^1] != Dimensions(several)[^1])
        {
            throw new ArgumentOutOfRangeException(nameof(schema),
                $"The hidden states in '{one.Name}' have {Dimensions(one)[^1]} values and those in '{several.Name}' {Dimensions(several)[^1]}. Take both from one encoder.");
        }
        return new PoolingColumns(hidden, layers, mask, ids, Dimensions((hidden ?? layers)!.Value)[^1]);
    }

    public void Save(ModelSaveContext ctx)
    {
        ctx.SaveNonEmptyString(OutputColumnName);
        ctx.SaveStringOrNull(Hidden);
        ctx.SaveStringOrNull(Layers);
        ctx.SaveStringOrNull(Mask);
        ctx.SaveStringOrNull(Ids);
        ctx.Writer.Write(TokenWeights?.Count ?? 0);
        foreach (float weight in TokenWeights ?? [])
            ctx.Writer.Write(weight);
        ctx.Writer.Write(NumberOfLastLayers);
        ctx.Writer.Write((int)Pooling);
        ctx.Writer.Write(Normalize);
    }

    /// <param name="ctx">Where the settings are.</param>
    /// <param name="weighted">Whether their format has weights of tokens.</param>
    public static PoolingSettings Load(ModelLoadContext ctx, bool weighted)
    {
        string output = ctx.LoadNonEmptyString();
        string? hidden = ctx.LoadStringOrNull(), layers = ctx.LoadStringOrNull(), mask = ctx.LoadStringOrNull(), ids = weighted ? ctx.LoadStringOrNull() : null;
        var weights = new List<float>(); // grows with what is there, whatever the count says
        for (int count = weighted ? ctx.Reader.ReadInt32() : 0; weights.Count < count;)
            weights.Add(ctx.Reader.ReadSingle());
        return new PoolingSettings(output, hidden, layers, mask, ids, ids is null ? null : weights, ctx.Reader.ReadInt32(), (BertPooling)ctx.Reader.ReadInt32(), ctx.Reader.ReadBoolean()).Checked();
    }

    private PoolingSettings Checked()
    {
        if (Pooling == BertPooling.None || (Pooling & ~Known) != 0)
            throw new ArgumentException($"{nameof(Names.Pooling)} is {Pooling}; choose one or several of {Known}.");
        if (NumberOfLastLayers < 1)
            throw new ArgumentException($"{nameof(Names.NumberOfLastLayers)} is {NumberOfLastLayers}; it must be at least 1.");
        NotEmpty(OutputColumnName, nameof(Names.OutputColumnName));
        if (Pooling != BertPooling.LastLayersMean)
            NotEmpty(Hidden, nameof(Names.InputColumnName));
        if (Pooling.HasFlag(BertPooling.LastLayersMean))
            NotEmpty(Layers, nameof(Names.HiddenStatesColumnName));
        if (TokenWeights is not null)
            NotEmpty(Ids, nameof(Names.InputIdsColumnName));
        if (TokenWeights?.Any(weight => !(weight >= 0 && float.IsFinite(weight))) == true)
            throw new ArgumentException($"{nameof(Names.TokenWeights)} has a value that is no number from 0. Give each token of the vocabulary one.");
        return this;
    }

    private static void NotEmpty(string? name, string option)
    {
        if (string.IsNullOrEmpty(name))
            throw new ArgumentException($"{option} is empty; give it the name of a column.");
    }

    private static void FindStates(SchemaShape schema, string name, string option) => InputColumn.Find(schema, name, option,
        "a vector of Single", column => column.Kind != SchemaShape.Column.VectorKind.Scalar && column.ItemType == NumberDataViewType.Single);

    private static bool HasDimensions(DataViewType type, int count) =>
        type is VectorDataViewType vector && vector.ItemType == NumberDataViewType.Single && vector.Dimensions.Length == count && vector.Dimensions[^1] > 0;

    private static ImmutableArray<int> Dimensions(DataViewSchema.Column column) => ((VectorDataViewType)column.Type).Dimensions;
}
