using Bert.MLNet.Models;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// An encoder and a decoder. The names of the decoder's parameters are its canonical names after <see cref="DecoderWeights.Prefix"/>; those
/// that it shares with the encoder have the encoder's names only.
/// </summary>
internal sealed class BertForSequenceToSequence : BertForTask
{
    private readonly MaskedLanguageModelHead _head;
    private readonly Dense? _projection;

    /// <param name="config">The config of the encoder.</param>
    /// <param name="decoder">The config of the decoder.</param>
    /// <param name="areShared">Whether encoder and decoder share all weights that both have.</param>
    /// <param name="precision">The type of matrix products.</param>
    public BertForSequenceToSequence(BertConfig config, BertConfig decoder, bool areShared, ScalarType precision = ScalarType.Float32)
        : base(nameof(BertForSequenceToSequence), config, precision)
    {
        Decoder = new EncoderModule(decoder, precision, areShared ? Bert : null);
        _head = new MaskedLanguageModelHead(decoder, precision, Decoder);
        if (config.HiddenSize != decoder.HiddenSize)
        {
            _projection = new Dense(config.HiddenSize, decoder.HiddenSize, decoder.InitializerRange, precision);
            Decoder.register_module(DecoderWeights.Projection, _projection);
        }
        register_module(DecoderWeights.Prefix.TrimEnd('.'), Decoder);
    }

    public EncoderModule Decoder { get; }

    /// <summary>Computes scores over the vocabulary for the token after each token of the targets.</summary>
    /// <param name="source">The sources.</param>
    /// <param name="target">The targets, each from the start token to the one before its last.</param>
    /// <returns>Scores before softmax, [tokens of the targets, vocabulary].</returns>
    public Tensor Forward(PaddedBatch source, PaddedBatch target)
    {
        PackedTokens read = Bert.Pack(source);
        Tensor states = Bert.Last(Bert.HiddenStates(read).Last());
        PackedTokens written = Decoder.Pack(target, source, _projection?.Forward(states) ?? states);
        Tensor hidden = Decoder.HiddenStates(written).Last().narrow(0, 0, target.Tokens);
        return _head.Forward(hidden, Decoder.WordEmbeddings);
    }
}
