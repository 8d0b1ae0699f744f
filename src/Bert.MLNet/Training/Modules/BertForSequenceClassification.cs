using Bert.MLNet.Models.Families;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>Scores each label of a row from the hidden state of its first token.</summary>
internal sealed class BertForSequenceClassification : BertForTask
{
    private readonly HeadModule _head;

    public BertForSequenceClassification(BertConfig config, ScalarType precision = ScalarType.Float32)
        : base(nameof(BertForSequenceClassification), config, precision) => _head = AddHead(HeadKind.SequenceClassification);

    /// <returns>Scores before softmax or sigmoid, [rows, labels].</returns>
    public Tensor Forward(PaddedBatch batch) => _head.Forward(batch.FirstToken(Bert), training);

    /// <inheritdoc cref="HeadModule.Rescale"/>
    public void Rescale(double scale, double shift) => _head.Rescale(scale, shift);
}
