using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;
using Names = Bert.MLNet.BertEncoderEstimator.Options;

namespace Bert.MLNet.Encoders;

/// <summary>The columns that an encoder step reads and adds, with everything decided that the options left to the checkpoint.</summary>
/// <param name="InputIds">The column of token ids.</param>
/// <param name="AttentionMask">The column of masks; null: every token may be seen.</param>
/// <param name="TokenTypeIds">The column of token types; null: all 0.</param>
/// <param name="Outputs">The columns that are added.</param>
internal sealed record EncoderColumns(string InputIds, string? AttentionMask, string? TokenTypeIds, IReadOnlyList<EncoderColumn> Outputs)
{
    /// <summary>Decides on the columns.</summary>
    /// <exception cref="ArgumentException">An option is empty that may not be.</exception>
    /// <exception cref="NotSupportedException">The checkpoint cannot compute what is asked for.</exception>
    public static EncoderColumns Create(BertModel model, Names options)
    {
        var outputs = new List<EncoderColumn>();
        if (!string.IsNullOrEmpty(options.LastHiddenStateColumnName))
            outputs.Add(new EncoderColumn(options.LastHiddenStateColumnName, EncoderOutput.LastHiddenState));
        if (options.PoolerOutputColumnName is { Length: > 0 } pooler)
            outputs.Add(new EncoderColumn(pooler, EncoderOutput.PoolerOutput));
        else if (options.PoolerOutputColumnName is null && EncoderSession.CanCompute(model, EncoderOutput.PoolerOutput))
            outputs.Add(new EncoderColumn("PoolerOutput", EncoderOutput.PoolerOutput));
        if (options.HiddenStatesLayers.Count > 0)
            outputs.Add(new EncoderColumn(NotEmpty(options.HiddenStatesColumnName, nameof(options.HiddenStatesColumnName)), [.. options.HiddenStatesLayers.Select(EncoderOutput.HiddenStates)]));
        if (options.AttentionsLayers.Count > 0)
            outputs.Add(new EncoderColumn(NotEmpty(options.AttentionsColumnName, nameof(options.AttentionsColumnName)), [.. options.AttentionsLayers.Select(EncoderOutput.Attentions)]));

        if (outputs.Count == 0)
            throw new ArgumentException($"No output is asked for. Name a column in {nameof(Names.LastHiddenStateColumnName)}, or choose {nameof(Names.HiddenStatesLayers)}.", nameof(options));
        if (outputs.GroupBy(column => column.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"Two outputs have the column name '{twice.Key}'.", nameof(options));
        foreach (EncoderOutput output in outputs.SelectMany(column => column.Parts))
            output.Check(model);
        return new EncoderColumns(
            NotEmpty(options.InputIdsColumnName, nameof(options.InputIdsColumnName)),
            options.AttentionMaskColumnName,
            model.Config.TypeVocabSize > 0 ? options.TokenTypeIdsColumnName : null,
            outputs);
    }

    /// <summary>What the session computes: the parts of all columns, in order.</summary>
    public EncoderOutputSet SessionOutputs => new([.. Outputs.SelectMany(column => column.Parts)]);

    /// <summary>Finds the input columns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is missing or has a type that does not fit.</exception>
    public (DataViewSchema.Column Ids, DataViewSchema.Column? Mask, DataViewSchema.Column? Types) Bind(DataViewSchema schema) => (
        TokenInputColumn.Find(schema, InputIds, nameof(Names.InputIdsColumnName)),
        AttentionMask is null ? null : TokenInputColumn.Find(schema, AttentionMask, nameof(Names.AttentionMaskColumnName)),
        TokenTypeIds is null ? null : TokenInputColumn.Find(schema, TokenTypeIds, nameof(Names.TokenTypeIdsColumnName)));

    /// <summary>The shape with the output columns added.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or has a type that does not fit.</exception>
    public SchemaShape AddTo(SchemaShape schema)
    {
        SchemaShape.Column ids = TokenInputColumn.Find(schema, InputIds, nameof(Names.InputIdsColumnName));
        if (AttentionMask is not null)
            TokenInputColumn.Find(schema, AttentionMask, nameof(Names.AttentionMaskColumnName));
        if (TokenTypeIds is not null)
            TokenInputColumn.Find(schema, TokenTypeIds, nameof(Names.TokenTypeIdsColumnName));
        bool known = ids.Kind == SchemaShape.Column.VectorKind.Vector;
        return OutputShape.Add(schema, [.. Outputs.Select(column => known || column.Kind == EncoderOutputKind.PoolerOutput
            ? OutputShape.Vector(column.Name, NumberDataViewType.Single)
            : OutputShape.VariableVector(column.Name, NumberDataViewType.Single))]);
    }

    public void Save(ModelSaveContext ctx)
    {
        ctx.SaveNonEmptyString(InputIds);
        ctx.SaveStringOrNull(AttentionMask);
        ctx.SaveStringOrNull(TokenTypeIds);
        ctx.Writer.Write(Outputs.Count);
        foreach (EncoderColumn column in Outputs)
        {
            ctx.SaveNonEmptyString(column.Name);
            ctx.Writer.Write((byte)column.Kind);
            ctx.Writer.WriteIntArray([.. column.Parts.Select(part => part.Layer)]);
        }
    }

    public static EncoderColumns Load(ModelLoadContext ctx)
    {
        string ids = ctx.LoadNonEmptyString();
        string? mask = ctx.LoadStringOrNull(), types = ctx.LoadStringOrNull();
        int count = ctx.Reader.ReadInt32();
        Contracts.CheckDecode(count is > 0 and <= 4);
        var outputs = new EncoderColumn[count];
        for (int i = 0; i < count; i++)
        {
            string name = ctx.LoadNonEmptyString();
            var kind = (EncoderOutputKind)ctx.Reader.ReadByte();
            var layers = new List<int>(); // grows with what is there, whatever the count says
            for (int layerCount = ctx.Reader.ReadInt32(); layers.Count < layerCount;)
                layers.Add(ctx.Reader.ReadInt32());
            // No other kinds are columns.
            Contracts.CheckDecode(kind is EncoderOutputKind.LastHiddenState or EncoderOutputKind.PoolerOutput or EncoderOutputKind.HiddenStates or EncoderOutputKind.Attentions && layers.Count > 0);
            outputs[i] = new EncoderColumn(name, [.. layers.Select(layer => new EncoderOutput(kind, layer))]);
        }
        return new EncoderColumns(ids, mask, types, outputs);
    }

    private static string NotEmpty(string? name, string option) =>
        string.IsNullOrEmpty(name) ? throw new ArgumentException($"{option} is empty; give it the name of a column.", option) : name;
}
