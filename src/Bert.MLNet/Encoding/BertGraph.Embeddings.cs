using Bert.MLNet.Models;

namespace Bert.MLNet.Encoders;

// What the layers read.
internal sealed partial class BertGraph
{
    private string Embeddings(string ids)
    {
        string sum = _layers.WordEmbeddings(ids);
        if (_config.TypeVocabSize > 0)
        {
            string types = _graph.Weight(CanonicalNames.TokenTypeEmbeddings, _config.TypeVocabSize, _config.EmbeddingWidth);
            // A single type is that of all tokens, so the graph needs no input that could contain another.
            string ofTokens = _config.TypeVocabSize == 1
                ? types
                : _graph.Add("Gather", [types, Input(EncoderInput.TokenTypeIds, Rows, Length)]);
            sum = _graph.Add("Add", [sum, ofTokens]);
        }
        int width = _config.EmbeddingWidth;
        string embeddings = Matrix(Normalized());
        return _shape.ProjectsEmbeddings ? _layers.Linear(CanonicalNames.EmbeddingProjection, embeddings, width, _hidden) : embeddings;

        string Normalized()
        {
            const string Norm = "embeddings.LayerNorm";
            if (!_shape.HasPositionEmbeddings)
                return _layers.LayerNorm(Norm, sum, width);
            string positions = GraphPositions.Embeddings(_graph, _config, ids);
            // If positions have the shape of words, ONNX Runtime's optimizer fuses the sum and its normalization into one operator.
            return _shape.PaddingPosition is null || _graph.StandsAlone
                ? _layers.LayerNorm(Norm, _graph.Add("Add", [sum, positions]), width)
                : _layers.LayerNorm(Norm, sum, positions, width);
        }
    }

    /// <summary>The bias for attention scores, [rows, heads, 1, length]: 0 for a token, the lowest float for a masked one.</summary>
    private string AttentionBias(string mask)
    {
        string seen = _graph.Add("Cast", [_graph.Add("Unsqueeze", [mask, _graph.Integers(1, 2)])], ("to", (long)OnnxGraph.Bool));
        string bias = _graph.Add("Where", [seen, _graph.Scalar(0), _graph.Scalar(float.MinValue)]);
        return _graph.Add("Expand", [bias, _graph.Integers(1, _config.NumAttentionHeads, 1, 1)]);
    }

    /// <summary>A 1 for each token and head, [rows, heads, length, 1].</summary>
    private string Ones(string length) =>
        _graph.Add("Expand", [_graph.Scalar(1),
            _graph.Add("Concat", [_rows, _graph.Integers(_config.NumAttentionHeads), length, _graph.Integers(1)], ("axis", 0L))]);
}
