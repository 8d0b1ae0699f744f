using Bert.MLNet.Models.Families;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>Scores each label of every token.</summary>
internal sealed class BertForTokenClassification : BertForTask
{
    private readonly HeadModule _head;

    public BertForTokenClassification(BertConfig config, ScalarType precision = ScalarType.Float32)
        : base(nameof(BertForTokenClassification), config, precision) => _head = AddHead(HeadKind.TokenClassification);

    /// <returns>Scores before softmax, [rows, length, labels].</returns>
    public Tensor Forward(PaddedBatch batch)
    {
        Tensor hidden = batch.LastHiddenState(Bert);
        return _head.Forward(_head.Lstm?.States(hidden, batch) ?? hidden, training);
    }
}
