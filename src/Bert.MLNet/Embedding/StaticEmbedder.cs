using System.Buffers;
using System.Runtime.InteropServices;
using Bert.MLNet.Encoders;
using Bert.MLNet.Models;
using Bert.MLNet.Pooling;

namespace Bert.MLNet.Embeddings;

/// <summary>Turns a text into a vector by a table of static embeddings, without a session. Thread-safe.</summary>
internal sealed class StaticEmbedder : TextWork<VectorRow, TokenSequence<float[]>>
{
    private readonly BertTokenizer _tokenizer;
    private readonly StaticTable _table;
    private readonly PromptedTexts _texts;
    private readonly VectorChain _chain;
    private readonly int _maxLength, _dimension;

    /// <param name="options">The resolved options.</param>
    /// <param name="table">The table of their checkpoint.</param>
    public StaticEmbedder(BertEmbeddingOptions options, StaticTable table)
    {
        _tokenizer = options.Checkpoint.Tokenizer;
        _table = table;
        _texts = new PromptedTexts(options.Prompt!, Encode);
        _chain = new VectorChain(options.Checkpoint.Sentence.Layers, table.Width, options.Normalize!.Value);
        (_maxLength, _dimension) = (options.MaxLength!.Value, options.Dimension);
    }

    public override void Run(ReadOnlySpan<TokenSequence<float[]>> batch)
    {
        float[] mean = ArrayPool<float>.Shared.Rent(_table.Width);
        foreach (TokenSequence<float[]> sequence in batch)
        {
            _table.Mean(CollectionsMarshal.AsSpan(sequence.Ids), mean.AsSpan(0, _table.Width));
            _chain.Apply(mean.AsSpan(0, _table.Width), sequence.Kept ??= new float[_dimension]);
        }
        ArrayPool<float>.Shared.Return(mean);
    }

    public override void Dispose()
    {
    }

    protected override void Tokenize(VectorRow row, bool hasPair) => _texts.Tokenize(row, hasPair);

    // The tokens of the text alone, without special tokens.
    private void Encode(ReadOnlySpan<char> text, TokenSequence<float[]> sequence)
    {
        List<int> ids = sequence.Ids;
        _tokenizer.EncodeTo(text, ids);
        if (!_table.CountsUnknown)
            ids.RemoveAll(id => id == _tokenizer.UnknownTokenId);
        if (ids.Count > _maxLength)
            CollectionsMarshal.SetCount(ids, _maxLength);
        sequence.PairStart = ids.Count;
    }
}
