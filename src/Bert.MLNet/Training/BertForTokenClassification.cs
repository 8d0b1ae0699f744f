using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>One score for each label of every token.</summary>
internal sealed class BertForTokenClassification : BertForTask
{
    private readonly Dense _classifier;
    private readonly double _dropout;

    public BertForTokenClassification(BertConfig config, ScalarType precision = ScalarType.Float32)
        : base(nameof(BertForTokenClassification), config, precision)
    {
        _classifier = new Dense(config.HiddenSize, config.NumLabels, config.InitializerRange);
        // DistilBERT's own dropout before a classifier is that of sequence classification alone.
        _dropout = config.IsDistilBert ? config.HiddenDropoutProb : config.ClassifierDropout ?? config.HiddenDropoutProb;
        register_module("classifier", _classifier);
    }

    /// <returns>Scores before softmax, [rows, length, labels].</returns>
    public Tensor Forward(PaddedBatch batch) => _classifier.Forward(batch.LastHiddenState(Bert).Dropout(_dropout, training));
}
