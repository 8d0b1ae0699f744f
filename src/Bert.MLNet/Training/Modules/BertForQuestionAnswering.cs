using Bert.MLNet.Models.Families;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>Scores each token as the start and as the end of an answer.</summary>
internal sealed class BertForQuestionAnswering : BertForTask
{
    private readonly HeadModule _head;

    public BertForQuestionAnswering(BertConfig config, ScalarType precision = ScalarType.Float32)
        : base(nameof(BertForQuestionAnswering), config, precision) => _head = AddHead(HeadKind.QuestionAnswering);

    /// <returns>Scores of start and end before softmax over the length, [rows, length, 2].</returns>
    public Tensor Forward(PaddedBatch batch) => _head.Forward(batch.LastHiddenState(Bert), training);
}
