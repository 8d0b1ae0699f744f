using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>Scores the words of the vocabulary for masked positions.</summary>
internal sealed class BertForMaskedLM : BertForTask
{
    public BertForMaskedLM(BertConfig config, ScalarType precision = ScalarType.Float32)
        : base(nameof(BertForMaskedLM), config, precision) => Head = new MaskedLanguageModelHead(config, precision, this);

    public MaskedLanguageModelHead Head { get; }

    /// <returns>Scores over the vocabulary, [positions, vocabulary].</returns>
    /// <param name="batch">The rows.</param>
    /// <param name="positions">
    /// The indexes of the tokens to score. Only these pass through the last layer's feed-forward network and the decoder.
    /// </param>
    public Tensor Forward(PaddedBatch batch, Tensor positions) => Head.Forward(batch.At(positions, Bert), Bert.WordEmbeddings);
}
