using Bert.MLNet;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tokenization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertTokenizerTransformer), null, typeof(SignatureLoadModel), "BERT tokenizer", BertTokenizerTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>Adds columns of tokens to a column of texts. Made by <see cref="BertTokenizerEstimator"/> or loaded from a model file.</summary>
/// <remarks>Thread-safe. It computes row by row and holds nothing that needs disposal.</remarks>
public sealed class BertTokenizerTransformer : ITransformer
{
    internal const string LoaderSignature = "BertTokenizer";

    private static readonly VersionInfo Version = ComponentVersion.Create("BERTTOKN", LoaderSignature);

    private readonly IHost _host;
    private readonly TokenColumns _columns;

    internal BertTokenizerTransformer(IHostEnvironment env, BertTokenizer tokenizer, TokenColumns columns)
    {
        _host = env.Register(nameof(BertTokenizerTransformer));
        Tokenizer = tokenizer;
        _columns = columns;
    }

    /// <summary>The tokenizer.</summary>
    public BertTokenizer Tokenizer { get; }

    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>The schema of the data after this step.</summary>
    /// <param name="inputSchema">The schema of the data before it.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is no text.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        return Map(new EmptyDataView(_host, inputSchema)).OutputSchema;
    }

    /// <summary>The data with the tokens added. Nothing is computed before a cursor asks for them.</summary>
    /// <param name="input">The data.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is no text.</exception>
    public IDataView Transform(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        return Map(input);
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        return Map(new EmptyDataView(_host, inputSchema));
    }

    void ICanSaveModel.Save(ModelSaveContext ctx) => Save(ctx);

    internal static BertTokenizerTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ComponentVersion.Check(ctx, Version);
        TokenColumns columns = TokenColumns.Load(ctx);
        return new BertTokenizerTransformer(env, SharedFolder.Load(ctx, files => BertTokenizer.ReadFrom(new ArchiveSource(files))), columns);
    }

    private void Save(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version);
        _columns.Save(ctx);
        SharedFolder.Save(ctx, $"tokenizer-{Tokenizer.ContentHash}", Tokenizer.WriteTo);
    }

    private RowToRowMapperTransform Map(IDataView input) => new(_host, input, new Mapper(this, input.Schema), schema => new Mapper(this, schema));

    private sealed class Mapper(BertTokenizerTransformer parent, DataViewSchema schema) : IRowMapper
    {
        private readonly TokenColumns _columns = parent._columns;
        private readonly (DataViewSchema.Column Text, DataViewSchema.Column? Pair) _inputs = parent._columns.Bind(schema);

        public DataViewSchema.DetachedColumn[] GetOutputColumns() =>
            [.. _columns.Outputs.Select(output => new DataViewSchema.DetachedColumn(output.Name, _columns.TypeOf(output.Kind)))];

        public Func<int, bool> GetDependencies(Func<int, bool> activeOutput) => Enumerable.Range(0, _columns.Outputs.Count).Any(activeOutput)
            ? column => column == _inputs.Text.Index || column == _inputs.Pair?.Index
            : _ => false;

        public Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            var row = new Lazy<TokenizedRow>(() => new TokenizedRow(parent.Tokenizer, _columns, input));
            return [.. _columns.Outputs.Select((output, i) => !activeOutput(i) ? null! : output.Kind switch
            {
                TokenOutput.Tokens => (ValueGetter<VBuffer<ReadOnlyMemory<char>>>)row.Value.GetTokens,
                TokenOutput.Offsets => (ValueGetter<VBuffer<int>>)row.Value.GetOffsets,
                var numeric => (Delegate)row.Value.CreateGetter(numeric),
            })];
        }

        public ITransformer GetTransformer() => parent;

        public void Save(ModelSaveContext ctx) => parent.Save(ctx);
    }
}
