using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>Scores over the vocabulary for words that are masked.</summary>
internal sealed class BertForMaskedLM : BertForTask
{
    public BertForMaskedLM(BertConfig config, ScalarType precision = ScalarType.Float32) : base(nameof(BertForMaskedLM), config, precision)
    {
        Head = new MaskedLanguageModelHead(config, precision);
        register_module("cls", Head);
    }

    public MaskedLanguageModelHead Head { get; }

    /// <returns>Scores over the vocabulary, [positions, vocabulary].</returns>
    /// <param name="inputIds">[batch, length], without padding.</param>
    /// <param name="positions">Where to score: indexes into batch × length. Only these go through the decoder.</param>
    public Tensor Forward(Tensor inputIds, Tensor positions) => Score(Bert.Forward(inputIds), positions);

    /// <returns>Scores over the vocabulary, [positions, vocabulary].</returns>
    /// <param name="batch">The rows.</param>
    /// <param name="positions">Where to score: indexes into rows × length.</param>
    public Tensor Forward(PaddedBatch batch, Tensor positions) => Score(batch.LastHiddenState(Bert), positions);

    private Tensor Score(Tensor hidden, Tensor positions) =>
        Head.Forward(hidden.view(-1, Config.HiddenSize).index_select(0, positions), Bert.WordEmbeddings);
}
