using TorchSharp;
using TorchSharp.Modules;

namespace Bert.MLNet.Training;

/// <summary>
/// Adds token, position and segment embeddings, and normalizes the sum. If the sum is not as wide as the hidden states, it is projected to
/// their width.
/// </summary>
internal sealed class InputEmbeddings : ExplicitModule
{
    private readonly Embedding _words;
    private readonly Embedding? _positions, _types;
    private readonly Norm _norm;
    private readonly Dense? _projection;
    private readonly double _dropout;

    public InputEmbeddings(BertConfig config) : base(nameof(InputEmbeddings))
    {
        // A batch looks up only a few hundred tokens of many thousands. A gradient of the table's size would cost more than a small
        // encoder.
        _words = Register("word_embeddings", config.VocabSize, sparse: true);
        _positions = config.Shape.HasPositionEmbeddings ? Register("position_embeddings", config.MaxPositionEmbeddings) : null;
        _types = config.TypeVocabSize > 0 ? Register("token_type_embeddings", config.TypeVocabSize) : null;
        _norm = new Norm(config, config.Shape.NormHasBias, config.EmbeddingWidth);
        _dropout = config.HiddenDropoutProb;
        register_module("LayerNorm", _norm);
        if (config.Shape.ProjectsEmbeddings)
            register_module("projection", _projection = new Dense(config.EmbeddingWidth, config.HiddenSize, config.InitializerRange));

        Embedding Register(string name, int rows, bool sparse = false)
        {
            Embedding table = InitialWeights.Table(config.InitializerRange, rows, config.EmbeddingWidth, sparse);
            register_module(name, table);
            return table;
        }
    }

    /// <summary>The token embeddings, [vocabulary, width].</summary>
    public Parameter Words => _words.weight!;

    /// <summary>The position embeddings, [positions, width]; null if the family has none.</summary>
    public Parameter? Positions => _positions?.weight;

    /// <returns>The embeddings, [tokens, hidden].</returns>
    public torch.Tensor Forward(PackedTokens tokens)
    {
        torch.Tensor sum = _words.forward(tokens.Ids);
        if (_positions is not null)
            sum = sum.Plus(_positions.forward(tokens.Positions));
        // A single type is that of all tokens.
        if (_types is not null)
            sum = sum.Plus(_types.weight!.shape[0] == 1 ? _types.weight! : _types.forward(tokens.Types));
        torch.Tensor embeddings = _norm.Forward(sum).Dropout(_dropout, training);
        return _projection is null ? embeddings : _projection.Forward(embeddings);
    }
}
