using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>The encoder under its masked-language-modelling head; the state is that of HuggingFace's class of this name.</summary>
internal sealed class BertForMaskedLM : ExplicitModule
{
    public BertForMaskedLM(BertConfig config, ScalarType precision = ScalarType.Float32) : base(nameof(BertForMaskedLM))
    {
        Config = config;
        Bert = new BertModule(config, precision);
        Head = new MaskedLanguageModelHead(config, precision);
        register_module("bert", Bert);
        register_module("cls", Head);
    }

    public BertConfig Config { get; }

    public BertModule Bert { get; }

    public MaskedLanguageModelHead Head { get; }

    /// <returns>Scores over the vocabulary, [positions, vocabulary].</returns>
    /// <param name="inputIds">[batch, length], without padding.</param>
    /// <param name="positions">Where to score: indexes into batch × length. Only these go through the decoder.</param>
    public Tensor Forward(Tensor inputIds, Tensor positions)
    {
        Tensor hidden = Bert.Forward(inputIds);
        return Head.Forward(hidden.view(-1, Config.HiddenSize).index_select(0, positions), Bert.WordEmbeddings);
    }
}
