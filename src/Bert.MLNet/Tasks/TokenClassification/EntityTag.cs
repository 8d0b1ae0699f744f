namespace Bert.MLNet.Tasks;

/// <summary>A word's tag, such as B-PER.</summary>
/// <param name="Prefix">B, I, E, S, L, U, or O outside of entities.</param>
/// <param name="Type">The type, such as PER; "_" for a tag that consists only of a prefix.</param>
internal readonly record struct EntityTag(char Prefix, string Type)
{
    private const string NoType = "_";

    public static EntityTag Outside { get; } = new('O', NoType);

    /// <summary>
    /// Parses a tag. Empty text is outside, as is 0, which samples of ML.NET write for O. A type without a prefix is inside, as in
    /// HuggingFace's pipeline.
    /// </summary>
    public static EntityTag Parse(ReadOnlySpan<char> text)
    {
        if (text is "" or "0")
            return Outside;
        if (!HasPrefix(text))
            return new EntityTag('I', text.ToString());
        return new EntityTag(text[0], text.Length > 2 ? text[2..].ToString() : NoType);
    }

    /// <summary>Converts the prefixes L and U of BILOU to those of IOBES.</summary>
    public EntityTag AsIobes() => Prefix switch
    {
        'L' => this with { Prefix = 'E' },
        'U' => this with { Prefix = 'S' },
        _ => this,
    };

    public static bool HasPrefix(ReadOnlySpan<char> text) => "BIOESLU".Contains(text[0]) && (text.Length == 1 || text[1] == '-');
}
