namespace Bert.MLNet.Tasks;

/// <summary>Defines how the words of an entity are written as tags.</summary>
internal enum TagScheme
{
    /// <summary>I for all words, or types without a prefix.</summary>
    Io,

    /// <summary>B for the first word, I for the others.</summary>
    Iob2,

    /// <summary>B for the first word if it follows an entity of the same type, otherwise I.</summary>
    Iob1,

    /// <summary>E for the last word, I for the others.</summary>
    Ioe2,

    /// <summary>E for the last word if an entity of the same type follows, otherwise I.</summary>
    Ioe1,

    /// <summary>B for the first word, E for the last, S for a single word.</summary>
    Iobes,

    /// <summary>B for the first word, L for the last, U for a single word.</summary>
    Bilou,
}

internal static class TagSchemeExtensions
{
    /// <summary>Returns the prefix of a word's tag.</summary>
    /// <param name="scheme">The scheme.</param>
    /// <param name="first">Whether it is the first word of its entity.</param>
    /// <param name="last">Whether it is the last word of its entity.</param>
    /// <param name="follows">Whether the entity directly follows one of the same type.</param>
    /// <param name="isFollowed">Whether an entity of the same type directly follows.</param>
    public static char Prefix(this TagScheme scheme, bool first, bool last, bool follows, bool isFollowed) => (scheme, first, last) switch
    {
        (TagScheme.Iob1, true, _) => follows ? 'B' : 'I',
        (TagScheme.Ioe1, _, true) => isFollowed ? 'E' : 'I',
        (TagScheme.Ioe2, _, true) => 'E',
        (TagScheme.Iobes, true, true) => 'S',
        (TagScheme.Iobes, _, true) => 'E',
        (TagScheme.Bilou, true, true) => 'U',
        (TagScheme.Bilou, _, true) => 'L',
        (TagScheme.Iob2 or TagScheme.Iobes or TagScheme.Bilou, true, _) => 'B',
        _ => 'I',
    };
}
