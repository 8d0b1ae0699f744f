using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>An encoder whose hidden states become one vector for each text, as in sentence-transformers.</summary>
internal sealed class SentenceEncoder(BertConfig config, BertSentenceOptions sentence, ScalarType precision = ScalarType.Float32)
    : BertForTask(nameof(SentenceEncoder), config, precision)
{
    /// <returns>A vector for each row, [rows, poolings × hidden].</returns>
    public Tensor Forward(PaddedBatch batch) => batch.Pooled(Bert, sentence);
}
