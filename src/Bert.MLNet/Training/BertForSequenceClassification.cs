using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>One score for each label of a row, from what the encoder makes of its first token.</summary>
internal sealed class BertForSequenceClassification : BertForTask
{
    private readonly Dense? _preClassifier;
    private readonly Dense _classifier;
    private readonly double _dropout;

    public BertForSequenceClassification(BertConfig config, ScalarType precision = ScalarType.Float32)
        : base(nameof(BertForSequenceClassification), config, precision, pooler: !config.IsDistilBert)
    {
        if (config.IsDistilBert)
        {
            _preClassifier = new Dense(config.HiddenSize, config.HiddenSize, config.InitializerRange);
            register_module("pre_classifier", _preClassifier);
        }
        _classifier = new Dense(config.HiddenSize, config.NumLabels, config.InitializerRange);
        _dropout = config.ClassifierDropout ?? config.HiddenDropoutProb;
        register_module("classifier", _classifier);
    }

    /// <returns>Scores before softmax or sigmoid, [rows, labels].</returns>
    public Tensor Forward(PaddedBatch batch)
    {
        Tensor first = batch.FirstToken(Bert);
        Tensor features = _preClassifier is null ? Bert.Pool(first) : functional.relu(_preClassifier.Forward(first));
        return _classifier.Forward(features.Dropout(_dropout, training));
    }

    /// <summary>Makes the module give <paramref name="scale"/>·x + <paramref name="shift"/> where it gave x.</summary>
    public void Rescale(double scale, double shift)
    {
        foreach ((string name, Parameter parameter) in _classifier.State())
        {
            Span<float> values = parameter.Values();
            TensorPrimitives.Multiply(values, (float)scale, values);
            if (name == "bias")
                TensorPrimitives.Add(values, (float)shift, values);
        }
    }
}
