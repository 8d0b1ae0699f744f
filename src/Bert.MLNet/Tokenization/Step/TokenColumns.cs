using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tokenization;

/// <summary>The columns that a tokenizing step reads and adds, and how long its rows are: its checked options.</summary>
internal sealed record TokenColumns
{
    // How the row is filled, as one byte of the saved form.
    private const byte PadsRight = 1, PadsLeft = 2;

    public required string Text { get; init; }

    public required string? Pair { get; init; }

    public required string InputIds { get; init; }

    public required string? AttentionMask { get; init; }

    public required string? TokenTypeIds { get; init; }

    public required string? Tokens { get; init; }

    public required string? Offsets { get; init; }

    /// <summary>The longest row; null for no limit.</summary>
    public required int? MaxLength { get; init; }

    public required BertTruncation Truncation { get; init; }

    /// <summary>Where rows are filled up to the maximum length; null where they keep their length.</summary>
    public required BertPaddingSide? Padding { get; init; }

    public BertEncodeOptions EncodeOptions => new()
    {
        MaxLength = MaxLength,
        Truncation = Truncation,
        Padding = Padding is null ? BertPadding.None : BertPadding.MaxLength,
        PaddingSide = Padding,
    };

    /// <exception cref="ArgumentException">An option cannot be; the message names it.</exception>
    public static TokenColumns Create(BertTokenizerEstimator.Options options, BertTokenizer tokenizer, int? modelLimit)
    {
        ArgumentException.ThrowIfNullOrEmpty(options.InputColumnName);
        ArgumentException.ThrowIfNullOrEmpty(options.InputIdsColumnName);
        if (options.MaxLength > modelLimit)
            throw new ArgumentOutOfRangeException(nameof(options), $"MaxLength is {options.MaxLength}, but the model takes rows of at most {modelLimit} tokens. Lower it.");
        int? length = options.MaxLength ?? modelLimit ?? tokenizer.Options.ModelMaxLength;
        int special = options.PairColumnName is null ? 2 : 3;
        if (length < special)
            throw new ArgumentOutOfRangeException(nameof(options), $"MaxLength is {length}, which has no room for the {special} special tokens of a row. Raise it.");
        if (options.Padding == BertPadding.Longest)
            throw new ArgumentException("Rows come one by one, so that none is known to be the longest. Choose BertPadding.MaxLength, or None and leave batches to the encoder.", nameof(options));
        bool pads = options.Padding == BertPadding.MaxLength;
        if (pads && (length is null || options.Truncation == BertTruncation.None))
            throw new ArgumentException("Rows of a fixed length need a MaxLength and a Truncation. Set both, or choose BertPadding.None.", nameof(options));
        if (options.Truncation == BertTruncation.OnlySecond && options.PairColumnName is null)
            throw new ArgumentException("Truncation of the second text only needs a PairColumnName. Set it, or choose another Truncation.", nameof(options));

        var columns = new TokenColumns
        {
            Text = options.InputColumnName,
            Pair = Named(options.PairColumnName),
            InputIds = options.InputIdsColumnName,
            AttentionMask = Named(options.AttentionMaskColumnName),
            TokenTypeIds = Named(options.TokenTypeIdsColumnName),
            Tokens = Named(options.TokensColumnName),
            Offsets = Named(options.OffsetsColumnName),
            MaxLength = length,
            Truncation = options.Truncation,
            Padding = pads ? options.PaddingSide ?? tokenizer.Options.PaddingSide : null,
        };
        string? twice = columns.Outputs.GroupBy(output => output.Name).FirstOrDefault(names => names.Count() > 1)?.Key;
        return twice is null ? columns : throw new ArgumentException($"Two output columns are to be called '{twice}'. Give them different names.", nameof(options));
    }

    /// <summary>The columns that are added, in order.</summary>
    public IReadOnlyList<(TokenOutput Kind, string Name)> Outputs =>
    [
        .. new[]
        {
            (TokenOutput.InputIds, InputIds), (TokenOutput.AttentionMask, AttentionMask), (TokenOutput.TokenTypeIds, TokenTypeIds),
            (TokenOutput.Tokens, Tokens), (TokenOutput.Offsets, Offsets),
        }.Where(output => output.Item2 is not null).Select(output => (output.Item1, output.Item2!)),
    ];

    /// <summary>The type of an added column.</summary>
    public VectorDataViewType TypeOf(TokenOutput output)
    {
        int length = Padding is null ? 0 : MaxLength!.Value;
        return output == TokenOutput.Offsets
            ? new VectorDataViewType(ItemOf(output), length, 2)
            : new VectorDataViewType(ItemOf(output), length);
    }

    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is no text.</exception>
    public SchemaShape AddTo(SchemaShape schema)
    {
        InputColumn.FindText(schema, Text, nameof(BertTokenizerEstimator.Options.InputColumnName));
        if (Pair is not null)
            InputColumn.FindText(schema, Pair, nameof(BertTokenizerEstimator.Options.PairColumnName));
        return OutputShape.Add(schema,
            [.. Outputs.Select(output => Padding is null ? OutputShape.VariableVector(output.Name, ItemOf(output.Kind)) : OutputShape.Vector(output.Name, ItemOf(output.Kind)))]);
    }

    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is no text.</exception>
    public (DataViewSchema.Column Text, DataViewSchema.Column? Pair) Bind(DataViewSchema schema) => (
        InputColumn.FindText(schema, Text, nameof(BertTokenizerEstimator.Options.InputColumnName)),
        Pair is null ? null : InputColumn.FindText(schema, Pair, nameof(BertTokenizerEstimator.Options.PairColumnName)));

    public void Save(ModelSaveContext ctx)
    {
        foreach (string? name in (string?[])[Text, Pair, InputIds, AttentionMask, TokenTypeIds, Tokens, Offsets])
            ctx.SaveStringOrNull(name);
        ctx.Writer.Write(MaxLength ?? -1);
        ctx.Writer.Write((byte)Truncation);
        ctx.Writer.Write(Padding switch { null => (byte)0, BertPaddingSide.Right => PadsRight, _ => PadsLeft });
    }

    public static TokenColumns Load(ModelLoadContext ctx) => new()
    {
        Text = ctx.LoadNonEmptyString(),
        Pair = ctx.LoadStringOrNull(),
        InputIds = ctx.LoadNonEmptyString(),
        AttentionMask = ctx.LoadStringOrNull(),
        TokenTypeIds = ctx.LoadStringOrNull(),
        Tokens = ctx.LoadStringOrNull(),
        Offsets = ctx.LoadStringOrNull(),
        MaxLength = ctx.Reader.ReadInt32() is var length and >= 0 ? length : null,
        Truncation = ctx.Reader.ReadByte() is var truncation && Enum.IsDefined((BertTruncation)truncation)
            ? (BertTruncation)truncation : throw Damaged($"truncation of kind {truncation}"),
        Padding = ctx.Reader.ReadByte() switch
        {
            0 => null,
            PadsRight => BertPaddingSide.Right,
            PadsLeft => BertPaddingSide.Left,
            var other => throw Damaged($"padding of kind {other}"),
        },
    };

    private static FormatException Damaged(string what) => new($"The model file is damaged: it has a tokenizing step with {what}. Save the model again.");

    private static PrimitiveDataViewType ItemOf(TokenOutput output) => output switch
    {
        TokenOutput.Tokens => TextDataViewType.Instance,
        TokenOutput.Offsets => NumberDataViewType.Int32,
        _ => NumberDataViewType.Int64,
    };

    private static string? Named(string? column) => string.IsNullOrEmpty(column) ? null : column;
}
