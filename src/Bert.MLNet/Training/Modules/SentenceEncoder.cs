using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// An encoder whose hidden states become one vector for each text, as in sentence-transformers, or a table of static embeddings whose mean
/// is that vector. The modules after the pooling are trained, too.
/// </summary>
internal sealed class SentenceEncoder : TrainableModule
{
    /// <summary>The prefix of the names of the modules' parameters.</summary>
    public const string LayerPrefix = "sentence.";

    private readonly BertSentenceOptions _sentence;
    private readonly Func<PaddedBatch, Tensor> _pool;
    private readonly VectorModule?[] _layers;

    /// <param name="config">The config of the encoder.</param>
    /// <param name="sentence">The pooling and the modules, whose weights are the initial ones.</param>
    /// <param name="precision">The precision of the encoder's products.</param>
    public SentenceEncoder(BertConfig config, BertSentenceOptions sentence, ScalarType precision = ScalarType.Float32)
        : base(nameof(SentenceEncoder), config)
    {
        _sentence = sentence;
        if (config.Shape.IsTable)
        {
            var table = new TokenTable(config);
            register_module("bert", table);
            _pool = table.Means;
        }
        else
        {
            Bert = new EncoderModule(config, precision);
            register_module("bert", Bert);
            _pool = batch => batch.Pooled(Bert, sentence);
        }
        _layers = [.. sentence.Layers.Select(VectorModule.Create)];
        foreach ((int place, VectorModule? layer) in _layers.Index().Where(layer => layer.Item is not null))
            ModuleGroup.Register(this, $"{LayerPrefix}{place}", layer!);
    }

    /// <summary>The encoder; null for a table.</summary>
    public EncoderModule? Bert { get; }

    public override BertSentenceOptions Sentence => _sentence with
    {
        Layers = [.. _sentence.Layers.Select((layer, place) => layer.With(name => _layers[place]!.ValuesOf(name)))],
    };

    /// <returns>A vector for each row, [rows, values], before it is scaled to length 1.</returns>
    public Tensor Forward(PaddedBatch batch)
    {
        Tensor vectors = _pool(batch);
        foreach (VectorModule? layer in _layers)
            vectors = layer is null ? nn.functional.normalize(vectors) : layer.Forward(vectors);
        return vectors;
    }
}
