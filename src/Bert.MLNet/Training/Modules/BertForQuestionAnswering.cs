using Bert.MLNet.Models.Families;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>How well an answer starts, and ends, at every token.</summary>
internal sealed class BertForQuestionAnswering : BertForTask
{
    private readonly HeadModule _head;

    public BertForQuestionAnswering(BertConfig config, ScalarType precision = ScalarType.Float32)
        : base(nameof(BertForQuestionAnswering), config, precision) => _head = AddHead(HeadKind.QuestionAnswering);

    /// <returns>Scores before softmax over the length, [rows, length, 2]: of the start, of the end.</returns>
    public Tensor Forward(PaddedBatch batch) => _head.Forward(batch.LastHiddenState(Bert), training);
}
