using Bert.MLNet.Models;

namespace Bert.MLNet;

// Smaller checkpoints that are made of parts of this one.
public sealed partial class BertModel
{
    /// <summary>
    /// Creates a smaller model with some of the layers, and everything else, of this one. Layers that were trained together compute
    /// something else without the others, so the result must be trained before it is useful, for example to imitate this model.
    /// </summary>
    /// <remarks>
    /// <para>
    /// The result is a checkpoint like any other: <c>config.json</c> and the names of weights are those of an encoder with that number of
    /// layers. It shares the memory of the weights.
    /// </para>
    /// <para>
    /// Layers that share their weights are kept together: the number of layers must be the same for each group. If layers attend to near
    /// tokens only, those that attend to all must still recur at a regular distance, from the first.
    /// </para>
    /// </remarks>
    /// <param name="layers">The layers to keep, counted from 0, in ascending order.</param>
    /// <exception cref="ArgumentException">There are no layers, or they are not in ascending order.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The checkpoint does not have one of the layers.</exception>
    /// <exception cref="NotSupportedException">The checkpoint cannot do without the other layers, is int8 or is a table of static
    /// embeddings; the message says what to do.</exception>
    /// <exception cref="InvalidDataException">The sentence options average more layers than are kept.</exception>
    public BertModel WithLayers(params IReadOnlyList<int> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        return LayerSelection.Keep(Reducible(), layers);
    }

    /// <summary>
    /// Creates a smaller model whose vocabulary contains only the tokens that some texts need. Tokens and vectors of these texts are the
    /// same as before; those of other texts can be split into more tokens.
    /// </summary>
    /// <remarks>
    /// Special tokens, added tokens, single characters and bytes are always kept, so that the same texts have tokens as before. The ids of
    /// tokens change, except if all lower ids are kept. The rows of the token embeddings, and of the head for masked words, are those of
    /// the kept tokens. The result is a checkpoint like any other.
    /// </remarks>
    /// <param name="texts">Lines or paragraphs, which are read once, in order, and never held in memory all at once. The prompts of the
    /// checkpoint are added to them.</param>
    /// <param name="options">The tokens to keep; null for all that occur.</param>
    /// <exception cref="ArgumentException">An option has an invalid value; the message names it.</exception>
    /// <exception cref="InvalidDataException">The texts contain no words.</exception>
    /// <exception cref="NotSupportedException">The checkpoint is int8 or a table of static embeddings, or its tokenizer has no
    /// <c>tokenizer.json</c> and cannot be written without it; the message says what to do.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    public BertModel TrimVocabulary(IEnumerable<string> texts, BertVocabularyTrimmingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options ??= new BertVocabularyTrimmingOptions();
        options.Check();
        return VocabularyTrimming.Trim(Reducible(), texts, options);
    }

    private BertModel Reducible()
    {
        RequireEncoder();
        return !IsQuantized
            ? WithWeights()
            : throw new NotSupportedException(
                $"'{Name}' is int8. Reduce the float checkpoint that it was created from, and quantize the result.");
    }
}
