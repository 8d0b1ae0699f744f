namespace Bert.MLNet.Tasks;

/// <summary>How the words of an entity are written as tags.</summary>
internal enum TagScheme
{
    /// <summary>I for all; so are types without a prefix.</summary>
    Io,

    /// <summary>B for the first, I for the others.</summary>
    Iob2,

    /// <summary>B for the first where it follows an entity of the same type, else I.</summary>
    Iob1,

    /// <summary>E for the last, I for the others.</summary>
    Ioe2,

    /// <summary>E for the last where an entity of the same type follows, else I.</summary>
    Ioe1,

    /// <summary>B for the first, E for the last, S for one alone.</summary>
    Iobes,

    /// <summary>B for the first, L for the last, U for one alone.</summary>
    Bilou,
}

internal static class TagSchemeExtensions
{
    /// <summary>The prefix of a word's tag.</summary>
    /// <param name="scheme">The scheme.</param>
    /// <param name="first">Whether it is its entity's first word.</param>
    /// <param name="last">Whether it is the last.</param>
    /// <param name="follows">Whether its entity follows one of the same type at once.</param>
    /// <param name="isFollowed">Whether one of the same type follows its entity at once.</param>
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
