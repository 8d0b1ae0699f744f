using Bert.MLNet.Models.Families;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>One score for each label of a row, from what the encoder makes of its first token, or of all.</summary>
internal sealed class BertForSequenceClassification : BertForTask
{
    private readonly HeadModule _head;

    public BertForSequenceClassification(BertConfig config, ScalarType precision = ScalarType.Float32)
        : base(nameof(BertForSequenceClassification), config, precision) => _head = AddHead(HeadKind.SequenceClassification);

    /// <returns>Scores before softmax or sigmoid, [rows, labels].</returns>
    public Tensor Forward(PaddedBatch batch) => _head.Forward(
        _head.Lstm is { } lstm ? lstm.Ends(batch.LastHiddenState(Bert), batch)
        : _head.ReadsMean ? batch.Mean(Bert)
        : batch.FirstToken(Bert), training);

    /// <inheritdoc cref="HeadModule.Rescale"/>
    public void Rescale(double scale, double shift) => _head.Rescale(scale, shift);
}
