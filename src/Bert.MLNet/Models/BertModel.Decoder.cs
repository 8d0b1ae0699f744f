using Bert.MLNet.Models;

namespace Bert.MLNet;

// Checkpoints with a decoder, which read a text and write another.
public sealed partial class BertModel
{
    /// <summary>
    /// The decoder that writes a text from the hidden states of this encoder, as for translations and summaries; null for a checkpoint
    /// without one. Steps that do not write texts use the encoder alone.
    /// </summary>
    public BertDecoder? Decoder { get; internal init; }

    /// <summary>
    /// Creates a model of this encoder and a new decoder, which starts from the weights of an encoder or at random and must be trained
    /// before it is useful. A decoder that this model already has is replaced.
    /// </summary>
    /// <param name="options">The decoder; null for a random one of the encoder's size, with the encoder's tokenizer.</param>
    /// <exception cref="ArgumentException">An option is not valid, or does not fit the encoder; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint has no weights that can be trained, or a family that cannot be a
    /// decoder.</exception>
    public BertModel WithDecoder(BertDecoderOptions? options = null)
    {
        RequireNetwork();
        if (IsQuantized)
            throw new NotSupportedException($"'{Name}' is int8, which cannot be trained. Use the checkpoint that it was created from.");
        BertModel model = WithWeights();
        BertDecoder decoder = DecoderCreation.Create(model, options ?? new BertDecoderOptions());
        BertWeights weights = BertWeights.Create(
            model.Weights!.Names.Where(CanonicalNames.IsEncoder).Select(name => model.Weights[name].Rename(name)), model.Weights.FileName);
        return new BertModel(model.Config with { Architectures = [] }, Tokenizer, weights, Sentence, Name) { Decoder = decoder };
    }

    /// <summary>Creates a model with the same weights and other defaults of generation, which are saved with it.</summary>
    /// <param name="options">The options, best created with <c>model.Decoder.Generation with { … }</c>.</param>
    /// <exception cref="ArgumentException">An option is not valid; the message names it.</exception>
    /// <exception cref="NotSupportedException">The model has no decoder.</exception>
    public BertModel WithGeneration(BertGenerationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        BertDecoder decoder = RequireDecoder();
        return new BertModel(Config, Tokenizer, Weights, Sentence, Name)
        {
            Decoder = decoder.With(generation: options.Validated(decoder.Config)),
        };
    }

    /// <summary>Gets the decoder.</summary>
    /// <exception cref="NotSupportedException">There is none.</exception>
    internal BertDecoder RequireDecoder() => Decoder ?? throw new NotSupportedException(
        $"'{Name}' has no decoder, so it cannot write texts. Use a checkpoint of HuggingFace's EncoderDecoderModel, or add a decoder " +
        "with WithDecoder and train it.");

    /// <summary>Checks that this is an encoder without a decoder.</summary>
    /// <exception cref="NotSupportedException">It is not.</exception>
    private void RequireEncoder()
    {
        RequireNetwork();
        if (Decoder is not null)
            throw new NotSupportedException($"'{Name}' has a decoder, which this does not support. Use an encoder.");
    }
}
