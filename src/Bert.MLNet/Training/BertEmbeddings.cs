using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>Token, position and segment embeddings added up and normalised.</summary>
internal sealed class BertEmbeddings : ExplicitModule
{
    private readonly EmbeddingTable _words, _positions;
    private readonly EmbeddingTable? _types;
    private readonly LayerNorm _norm;
    private readonly double _dropout;

    public BertEmbeddings(BertConfig config) : base(nameof(BertEmbeddings))
    {
        _words = Register("word_embeddings", config.VocabSize);
        _positions = Register("position_embeddings", config.MaxPositionEmbeddings);
        _types = config.TypeVocabSize > 0 ? Register("token_type_embeddings", config.TypeVocabSize) : null;
        _norm = LayerNorm(config.HiddenSize, config.LayerNormEps);
        _dropout = config.HiddenDropoutProb;
        register_module("LayerNorm", _norm);

        EmbeddingTable Register(string name, int rows)
        {
            var table = new EmbeddingTable(rows, config.HiddenSize, config.InitializerRange);
            register_module(name, table);
            return table;
        }
    }

    /// <summary>The token embeddings, [vocabulary, hidden].</summary>
    public Parameter Words => _words.Weight;

    /// <summary>The position embeddings, [positions, hidden].</summary>
    public Parameter Positions => _positions.Weight;

    public Tensor Forward(Tensor inputIds, Tensor? tokenTypeIds)
    {
        Tensor sum = _words.Forward(inputIds).Plus(_positions.Weight.narrow(0, 0, inputIds.shape[1]));
        if (_types is not null)
            sum = sum.Plus(tokenTypeIds is null ? _types.Weight[0] : _types.Forward(tokenTypeIds));
        return _norm.forward(sum).Dropout(_dropout, training);
    }
}
