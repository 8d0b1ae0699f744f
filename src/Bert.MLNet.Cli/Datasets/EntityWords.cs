namespace Bert.MLNet.Cli.Datasets;

/// <summary>The words of a text and their tags, which start with B- or I-, or are O.</summary>
internal sealed class EntityWords
{
    private const string Outside = "O";

    public string[] Words { get; set; } = [];

    public string[] Tags { get; set; } = [];

    /// <summary>Splits a text at white space.</summary>
    /// <param name="row">The text and its entities.</param>
    /// <param name="known">The known tags.</param>
    /// <exception cref="InvalidDataException">An entity starts or ends within a word, or its tag is not known.</exception>
    public static EntityWords Of(NamedEntityRow row, IReadOnlyList<string> known)
    {
        var words = new List<(int Start, int End)>();
        for (int start = 0; start < row.Text.Length; start++)
        {
            if (char.IsWhiteSpace(row.Text[start]))
                continue;
            int end = start;
            while (end < row.Text.Length && !char.IsWhiteSpace(row.Text[end]))
                end++;
            words.Add((start, end));
            start = end;
        }
        string[] tags = [.. Enumerable.Repeat(Outside, words.Count)];
        for (int i = 0; i < row.Types.Length; i++)
        {
            int first = words.FindIndex(word => word.Start == row.Starts[i]), last = words.FindIndex(word => word.End == row.Ends[i]);
            if (first < 0 || last < first)
                throw new InvalidDataException(
                    $"The entity '{row.Text[row.Starts[i]..row.Ends[i]]}' of the text \"{row.Text}\" starts or ends within a word, but a " +
                    "teacher predicts whole words. Separate words and punctuation by spaces.");
            for (int word = first; word <= last; word++)
                tags[word] = (word == first ? "B-" : "I-") + row.Types[i];
        }
        if (Array.Find(tags, tag => !known.Contains(tag)) is { } other)
            throw new InvalidDataException(
                $"The text \"{row.Text}\" has the tag {other}, but the teacher's labels are {string.Join(", ", known.Take(20))}. Use a " +
                "teacher of these entities.");
        return new() { Words = [.. words.Select(word => row.Text[word.Start..word.End])], Tags = tags };
    }
}
