using Bert.MLNet.Models;
using Bert.MLNet.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Benchmarks;

/// <summary>
/// BERT with a classifier as one writes it with TorchSharp's own modules: nothing of this library but the weights that it starts with.
/// </summary>
internal sealed class BareBert : Module<Tensor, Tensor, Tensor>
{
    private readonly Embedding _words, _positions, _types;
    private readonly LayerNorm _norm;
    private readonly Dropout _dropout;
    private readonly ModuleList<Layer> _layers;
    private readonly Linear _pooler, _classifier;

    public BareBert(BertConfig config, BertWeights weights) : base(nameof(BareBert))
    {
        _words = Embedding(config.VocabSize, config.HiddenSize);
        _positions = Embedding(config.MaxPositionEmbeddings, config.HiddenSize);
        _types = Embedding(config.TypeVocabSize, config.HiddenSize);
        _norm = LayerNorm(config.HiddenSize, config.LayerNormEps);
        _dropout = Dropout(config.HiddenDropoutProb);
        _layers = new ModuleList<Layer>(
            [.. Enumerable.Range(0, config.NumHiddenLayers).Select(i => new Layer(config, weights, $"encoder.layer.{i}."))]);
        _pooler = Linear(config.HiddenSize, config.HiddenSize);
        _classifier = Linear(config.HiddenSize, config.NumLabels);
        RegisterComponents();

        foreach ((Embedding table, string name) in new[] { (_words, "word"), (_positions, "position"), (_types, "token_type") })
            weights[$"embeddings.{name}_embeddings.weight"].CopyTo(table.weight!.Values());
        Fill(weights, "embeddings.LayerNorm", _norm.weight, _norm.bias);
        Fill(weights, "pooler.dense", _pooler.weight, _pooler.bias);
        Fill(weights, "classifier", _classifier.weight, _classifier.bias);
    }

    /// <param name="ids">[rows, length].</param>
    /// <param name="mask">[rows, 1, 1, length], true at tokens.</param>
    /// <returns>[rows, labels].</returns>
    public override Tensor forward(Tensor ids, Tensor mask)
    {
        Tensor hidden = _words.forward(ids) + _positions.forward(arange(ids.shape[1])) + _types.forward(zeros_like(ids));
        hidden = _dropout.forward(_norm.forward(hidden));
        foreach (Layer layer in _layers)
            hidden = layer.forward(hidden, mask);
        return _classifier.forward(_dropout.forward(tanh(_pooler.forward(hidden.select(1, 0)))));
    }

    private static void Fill(BertWeights weights, string name, Tensor weight, Tensor? bias)
    {
        weights[name + ".weight"].CopyTo(weight.Values());
        weights[name + ".bias"].CopyTo(bias!.Values());
    }

    private sealed class Layer : Module<Tensor, Tensor, Tensor>
    {
        private readonly Linear _query, _key, _value, _attended, _intermediate, _output;
        private readonly LayerNorm _attendedNorm, _outputNorm;
        private readonly Dropout _dropout;
        private readonly int _heads;
        private readonly double _attentionDropout;

        public Layer(BertConfig config, BertWeights weights, string name) : base(nameof(Layer))
        {
            int hidden = config.HiddenSize;
            (_query, _key, _value, _attended) =
                (Linear(hidden, hidden), Linear(hidden, hidden), Linear(hidden, hidden), Linear(hidden, hidden));
            (_intermediate, _output) = (Linear(hidden, config.IntermediateSize), Linear(config.IntermediateSize, hidden));
            (_attendedNorm, _outputNorm) = (LayerNorm(hidden, config.LayerNormEps), LayerNorm(hidden, config.LayerNormEps));
            _dropout = Dropout(config.HiddenDropoutProb);
            (_heads, _attentionDropout) = (config.NumAttentionHeads, config.AttentionProbsDropoutProb);
            RegisterComponents();

            Fill(weights, name + "attention.self.query", _query.weight, _query.bias);
            Fill(weights, name + "attention.self.key", _key.weight, _key.bias);
            Fill(weights, name + "attention.self.value", _value.weight, _value.bias);
            Fill(weights, name + "attention.output.dense", _attended.weight, _attended.bias);
            Fill(weights, name + "attention.output.LayerNorm", _attendedNorm.weight, _attendedNorm.bias);
            Fill(weights, name + "intermediate.dense", _intermediate.weight, _intermediate.bias);
            Fill(weights, name + "output.dense", _output.weight, _output.bias);
            Fill(weights, name + "output.LayerNorm", _outputNorm.weight, _outputNorm.bias);
        }

        public override Tensor forward(Tensor hidden, Tensor mask)
        {
            Tensor attention = functional.scaled_dot_product_attention(
                Split(_query.forward(hidden)), Split(_key.forward(hidden)), Split(_value.forward(hidden)), mask,
                training ? _attentionDropout : 0);
            hidden = _attendedNorm.forward(hidden + _dropout.forward(_attended.forward(attention.transpose(1, 2).reshape(hidden.shape))));
            return _outputNorm.forward(hidden + _dropout.forward(_output.forward(functional.gelu(_intermediate.forward(hidden)))));
        }

        private Tensor Split(Tensor x) => x.view(x.shape[0], x.shape[1], _heads, -1).transpose(1, 2);
    }
}
