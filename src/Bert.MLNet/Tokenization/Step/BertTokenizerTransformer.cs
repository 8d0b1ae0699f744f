using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tokenization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertTokenizerTransformer), null, typeof(SignatureLoadModel), "BERT tokenizer", BertTokenizerTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>Adds columns of tokens to a column of texts. Made by <see cref="BertTokenizerEstimator"/> or loaded from a model file.</summary>
public sealed class BertTokenizerTransformer : RowTransformer
{
    internal const string LoaderSignature = "BertTokenizer";

    private static readonly VersionInfo Version = ComponentVersion.Create("BERTTOKN", LoaderSignature);

    private readonly TokenColumns _columns;

    internal BertTokenizerTransformer(IHostEnvironment env, BertTokenizer tokenizer, TokenColumns columns)
        : base(env.Register(nameof(BertTokenizerTransformer)))
    {
        Tokenizer = tokenizer;
        _columns = columns;
    }

    /// <summary>The tokenizer.</summary>
    public BertTokenizer Tokenizer { get; }

    internal static BertTokenizerTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ComponentVersion.Check(ctx, Version);
        TokenColumns columns = TokenColumns.Load(ctx);
        return new BertTokenizerTransformer(env, SharedFolder.Load(ctx, files => BertTokenizer.ReadFrom(new ArchiveSource(files))), columns);
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version);
        _columns.Save(ctx);
        SharedFolder.Save(ctx, $"tokenizer-{Tokenizer.ContentHash}", Tokenizer.WriteTo);
    }

    private protected override RowMapper Bind(DataViewSchema inputSchema) => new Mapper(this, inputSchema);

    private sealed class Mapper : RowMapper
    {
        private readonly BertTokenizer _tokenizer;
        private readonly TokenColumns _columns;

        public Mapper(BertTokenizerTransformer parent, DataViewSchema schema)
        {
            _tokenizer = parent.Tokenizer;
            _columns = parent._columns;
            (DataViewSchema.Column text, DataViewSchema.Column? pair) = _columns.Bind(schema);
            InputColumns = pair is { } second ? [text.Index, second.Index] : [text.Index];
            OutputColumns = [.. _columns.Outputs.Select(output => new DataViewSchema.DetachedColumn(output.Name, _columns.TypeOf(output.Kind)))];
        }

        public override IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns { get; }

        public override IReadOnlyList<int> InputColumns { get; }

        public override Func<int, Delegate> CreateGetters(DataViewRow input)
        {
            var row = new TokenizedRow(_tokenizer, _columns, input);
            return output => _columns.Outputs[output].Kind switch
            {
                TokenOutput.Tokens => (ValueGetter<VBuffer<ReadOnlyMemory<char>>>)row.GetTokens,
                TokenOutput.Offsets => (ValueGetter<VBuffer<int>>)row.GetOffsets,
                var numeric => (Delegate)row.CreateGetter(numeric),
            };
        }
    }
}
