namespace Bert.MLNet;

/// <summary>
/// Defines how tags such as B-PER, I-PER, O are interpreted as entities.
/// </summary>
/// <remarks>
/// The rules are those of <see href="https://github.com/chakki-works/seqeval">seqeval</see>. <see cref="Conll"/> is its default
/// mode; the others are its <c>mode="strict"</c> with the scheme of the same name.
/// </remarks>
public enum NamedEntityScheme
{
    /// <summary>
    /// Every sequence of tags of the same type is an entity, whatever its first tag, as in <c>conlleval</c> of the CoNLL shared tasks. B
    /// and S start a new entity; E and S end it. I-PER I-PER is thus the same entity as B-PER I-PER. A tag without a prefix (PER) counts
    /// as I-PER. Not suitable for BILOU, because L and U are not supported.
    /// </summary>
    Conll,

    /// <summary>B-PER starts an entity, and I-PER of the same type continues it. An I without a B is not an entity.</summary>
    Iob2,

    /// <summary>B-PER, I-PER …, E-PER, or a single S-PER. Incomplete sequences are not entities.</summary>
    Iobes,

    /// <summary>B-PER, I-PER …, L-PER, or a single U-PER. Incomplete sequences are not entities.</summary>
    Bilou,
}
