namespace Bert.MLNet.Tasks;

/// <summary>A word's tag, such as B-PER.</summary>
/// <param name="Prefix">B, I, E, S, L, U, or O outside of entities.</param>
/// <param name="Type">PER; "_" of a tag that is nothing but a prefix.</param>
internal readonly record struct EntityTag(char Prefix, string Type)
{
    private const string NoType = "_";

    public static EntityTag Outside { get; } = new('O', NoType);

    /// <summary>Reads a tag. Empty text is outside; a type without a prefix is inside, as HuggingFace's pipeline has it.</summary>
    public static EntityTag Parse(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return Outside;
        if (!HasPrefix(text))
            return new EntityTag('I', text.ToString());
        return new EntityTag(text[0], text.Length > 2 ? text[2..].ToString() : NoType);
    }

    public static bool HasPrefix(ReadOnlySpan<char> text) => "BIOESLU".Contains(text[0]) && (text.Length == 1 || text[1] == '-');
}
