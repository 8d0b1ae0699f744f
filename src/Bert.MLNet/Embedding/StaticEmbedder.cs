using System.Buffers;
using System.Runtime.InteropServices;
using Bert.MLNet.Encoders;
using Bert.MLNet.Models;
using Bert.MLNet.Pooling;

namespace Bert.MLNet.Embeddings;

/// <summary>Turns a text into a vector by a table of static embeddings, without a session. Thread-safe.</summary>
internal sealed class StaticEmbedder : TextWork<VectorRow, TokenSequence<float[]>>
{
    private readonly StaticTable _table;
    private readonly PromptedTexts _texts;
    private readonly VectorChain _chain;
    private readonly int _dimension;

    /// <param name="options">The resolved options.</param>
    /// <param name="table">The table of their checkpoint.</param>
    public StaticEmbedder(BertEmbeddingOptions options, StaticTable table)
    {
        _table = table;
        _texts = new PromptedTexts(options.Prompt!, (text, sequence) =>
        {
            Encode(options.Checkpoint, text, options.MaxLength!.Value, sequence.Ids);
            sequence.PairStart = sequence.Ids.Count;
        });
        _chain = new VectorChain(options.Checkpoint.Sentence.Layers, table.Width, options.Normalize!.Value);
        _dimension = options.Dimension;
    }

    /// <summary>Appends the tokens of a text whose vectors are averaged: those of the text alone, without special tokens.</summary>
    /// <param name="model">A checkpoint with a table.</param>
    /// <param name="text">The text with its prompt.</param>
    /// <param name="maxLength">The maximum number of tokens of the text.</param>
    /// <param name="ids">Receives the tokens.</param>
    public static void Encode(BertModel model, ReadOnlySpan<char> text, int maxLength, List<int> ids)
    {
        int start = ids.Count;
        model.Tokenizer.EncodeTo(text, ids);
        if (!model.Table!.CountsUnknown)
        {
            int kept = start;
            for (int i = start; i < ids.Count; i++)
            {
                if (ids[i] != model.Tokenizer.UnknownTokenId)
                    ids[kept++] = ids[i];
            }
            CollectionsMarshal.SetCount(ids, kept);
        }
        if (ids.Count - start > maxLength)
            CollectionsMarshal.SetCount(ids, start + maxLength);
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
}
