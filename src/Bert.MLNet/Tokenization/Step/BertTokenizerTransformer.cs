using System.Globalization;
using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tokenization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertTokenizerTransformer), null, typeof(SignatureLoadModel), "BERT tokenizer",
    BertTokenizerTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>
/// Adds columns of tokens for a column of texts. Created by <see cref="BertTokenizerEstimator"/> or loaded from a model file.
/// </summary>
/// <remarks>Thread-safe: several cursors and threads can use one transformer. It holds no resources that need disposal.</remarks>
public sealed partial class BertTokenizerTransformer : IOnnxStep
{
    internal const string LoaderSignature = "BertTokenizer";

    private static readonly VersionInfo Format = ComponentVersion.Create("BERTTOKN", LoaderSignature);

    private readonly BertTokenizerEstimator.Options _options;
    private readonly RowStep _step;

    /// <param name="env">The environment.</param>
    /// <param name="options">The resolved options.</param>
    internal BertTokenizerTransformer(IHostEnvironment env, BertTokenizerEstimator.Options options)
    {
        _options = options;
        _step = new RowStep(env.Register(nameof(BertTokenizerTransformer)), this, schema => new Mapper(options, schema));
    }

    /// <summary>The tokenizer.</summary>
    public BertTokenizer Tokenizer => _options.Tokenizer!;

    internal static BertTokenizerTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ComponentVersion.Check(ctx, Format);
        bool isCurrent = ctx.Header.ModelVerWritten >= ComponentVersion.OptionsAsJson;
        BertTokenizerEstimator.Options options = isCurrent ? SavedOptions.Load<BertTokenizerEstimator.Options>(ctx) : ReadV1(ctx);
        BertTokenizer tokenizer = SharedFolder.Load(ctx, files => BertTokenizer.ReadFrom(new ArchiveSource(files)));
        return new(env, (options with { Tokenizer = tokenizer }).Resolve());
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _step.GetOutputSchema(inputSchema);

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public IDataView Transform(IDataView input) => _step.Transform(input);

    bool ITransformer.IsRowToRowMapper => true;

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => _step.GetRowToRowMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Format);
        SavedOptions.Save(ctx, _options);
        SharedFolder.Save(ctx, $"tokenizer-{Tokenizer.ContentHash}", Tokenizer.WriteTo);
    }

    void IOnnxStep.SaveAsOnnx(StepGraph graph)
    {
        (string Name, string Value)[] facts = _options.MaxLength is { } length
            ? [("max_length", length.ToString(CultureInfo.InvariantCulture))]
            : [];
        TokenValues tokens = graph.AddTokens(this, _options.InputIdsColumnName, _options.Pads ? _options.MaxLength!.Value : 0, facts);
        foreach ((TokenOutput kind, string column) in TokenColumns.OutputsOf(_options))
        {
            switch (kind)
            {
                case TokenOutput.InputIds:
                    graph.SetColumn(column, tokens.Ids, TokenColumns.TypeOf(kind, _options));
                    break;
                case TokenOutput.AttentionMask:
                    graph.SetColumn(column, tokens.Mask, TokenColumns.TypeOf(kind, _options));
                    break;
                case TokenOutput.TokenTypeIds:
                    graph.SetColumn(column, tokens.Types, TokenColumns.TypeOf(kind, _options));
                    break;
                default:
                    graph.Exclude(column, $"column '{column}' contains what the tokenizer computes outside of the file");
                    break;
            }
        }
    }

    private sealed class Mapper : RowMapper
    {
        private readonly BertTokenizerEstimator.Options _options;
        private readonly IReadOnlyList<(TokenOutput Kind, string Name)> _outputs;

        public Mapper(BertTokenizerEstimator.Options options, DataViewSchema schema)
        {
            _options = options;
            _outputs = TokenColumns.OutputsOf(options);
            (DataViewSchema.Column text, DataViewSchema.Column? pair) = TokenColumns.Bind(schema, options);
            InputColumns = pair is { } second ? [text.Index, second.Index] : [text.Index];
            OutputColumns =
            [
                .. _outputs.Select(output => new DataViewSchema.DetachedColumn(output.Name, TokenColumns.TypeOf(output.Kind, options))),
            ];
        }

        public override IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns { get; }

        public override IReadOnlyList<int> InputColumns { get; }

        public override Func<int, Delegate> CreateGetters(DataViewRow input)
        {
            var row = new TokenizedRow(_options, input);
            return output => _outputs[output].Kind switch
            {
                TokenOutput.Tokens => (ValueGetter<VBuffer<ReadOnlyMemory<char>>>)row.GetTokens,
                TokenOutput.Offsets => (ValueGetter<VBuffer<int>>)row.GetOffsets,
                var numeric => (Delegate)row.CreateGetter(numeric),
            };
        }
    }
}
