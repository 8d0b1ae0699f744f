namespace Bert.MLNet;

/// <summary>
/// How tags such as B-PER, I-PER, O are read as entities. The rules are those of <see href="https://github.com/chakki-works/seqeval">seqeval</see>:
/// <see cref="Conll"/> is its default mode, the others are its <c>mode="strict"</c> with the scheme of the same name.
/// </summary>
public enum NamedEntityScheme
{
    /// <summary>
    /// As <c>conlleval</c>, the script of the CoNLL shared tasks: every run of tags of one type is an entity, however it begins; B and S begin a new one, E and S end it.
    /// So I-PER I-PER is the same entity as B-PER I-PER. A tag without a prefix (PER) is read as I-PER. Not for BILOU, whose L and U it does not know.
    /// </summary>
    Conll,

    /// <summary>B-PER begins an entity, I-PER of the same type continues it; an I without a B is no entity.</summary>
    Iob2,

    /// <summary>B-PER, I-PER …, E-PER, or S-PER alone; what is not complete is no entity.</summary>
    Iobes,

    /// <summary>B-PER, I-PER …, L-PER, or U-PER alone; what is not complete is no entity.</summary>
    Bilou,
}
