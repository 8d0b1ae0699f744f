using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>How well an answer starts, and ends, at every token.</summary>
internal sealed class BertForQuestionAnswering : BertForTask
{
    private readonly Dense _outputs;
    private readonly double _dropout;

    public BertForQuestionAnswering(BertConfig config, ScalarType precision = ScalarType.Float32)
        : base(nameof(BertForQuestionAnswering), config, precision)
    {
        _outputs = new Dense(config.HiddenSize, 2, config.InitializerRange);
        _dropout = config.IsDistilBert ? config.HiddenDropoutProb : 0;
        register_module("qa_outputs", _outputs);
    }

    /// <returns>Scores before softmax over the length, [rows, length, 2]: of the start, of the end.</returns>
    public Tensor Forward(PaddedBatch batch) => _outputs.Forward(batch.LastHiddenState(Bert).Dropout(_dropout, training));
}
