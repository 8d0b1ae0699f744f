using Bert.MLNet.Tasks;

namespace Bert.MLNet;

/// <summary>A text with the positions of its named entities: a training row for <see cref="NamedEntityRecognitionTrainer"/>.</summary>
/// <remarks>
/// <c>mlContext.Data.LoadFromEnumerable(NamedEntityRow.ReadFile(path))</c> returns data with the columns Text, Types, Starts and
/// Ends. Map Types to keys, and name the columns in <see cref="NamedEntityRecognitionTrainer.Options"/>. Instances are not
/// synchronized. The static methods are thread-safe.
/// </remarks>
public sealed class NamedEntityRow
{
    /// <summary>The text. Default: empty.</summary>
    public string Text { get; set; } = "";

    /// <summary>The type of each entity, such as PER, in the order of the text. Default: none.</summary>
    public string[] Types { get; set; } = [];

    /// <summary>The start of each entity in <see cref="Text"/>, in UTF-16 code units. Default: none.</summary>
    public int[] Starts { get; set; } = [];

    /// <summary>The end of each entity: <c>Text[start..end]</c> is the entity. Default: none.</summary>
    public int[] Ends { get; set; } = [];

    /// <summary>Joins words by single spaces, and converts their tags to entities.</summary>
    /// <param name="words">The words.</param>
    /// <param name="tags">A tag for each word: BIO in either form, IOE, IOBES, BILOU, or types without a prefix.</param>
    /// <exception cref="ArgumentException">The numbers of words and tags differ.</exception>
    public static NamedEntityRow FromTags(IReadOnlyList<string> words, IReadOnlyList<string> tags)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(tags);
        return words.Count == tags.Count
            ? NamedEntityFile.OfTags(words, tags)
            : throw new ArgumentException(
                $"There are {words.Count} words and {tags.Count} tags: '{string.Join(' ', words)}'. Give each word one tag.", nameof(tags));
    }

    /// <summary>Reads a data set: JSON lines if the extension is .jsonl or .json, otherwise the columns of CoNLL.</summary>
    /// <remarks>
    /// <para>
    /// In CoNLL's columns, each line has a word and its tag, and blank lines separate texts. If a line contains tabs, only tabs
    /// separate its columns; otherwise spaces do. The following are not words: comments before a text (<c># id 1</c>), lines of
    /// <c>-DOCSTART-</c>, the multiword ranges and empty nodes of CoNLL-U, and a first column that counts the words of each text.
    /// </para>
    /// <para>
    /// A JSON line has either <c>words</c> or <c>tokens</c>, with their tags in <c>labels</c>, <c>tags</c> or <c>ner_tags</c>; or
    /// <c>text</c>, with a list in <c>entities</c>, <c>spans</c>, <c>label</c> or <c>labels</c>. The items of the list are
    /// <c>[start, end, "TYPE"]</c> or objects with <c>type</c> or <c>label</c>, <c>start</c> or <c>start_offset</c>, and <c>end</c>
    /// or <c>end_offset</c>. Positions count UTF-16 code units. If the <c>text</c> of entities shows that they count code points,
    /// as Python does, they are converted.
    /// </para>
    /// </remarks>
    /// <param name="path">The path of the file, in UTF-8, or in UTF-16 with a byte order mark.</param>
    /// <param name="wordColumn">
    /// The index of the word column in CoNLL's columns, from 0. Default: the first that does not count words.
    /// </param>
    /// <param name="tagColumn">The index of the tag column in CoNLL's columns, from 0. Default: the last.</param>
    /// <returns>The texts, in the order of the file.</returns>
    /// <exception cref="InvalidDataException">The file has another format; the message names the line.</exception>
    public static IReadOnlyList<NamedEntityRow> ReadFile(string path, int? wordColumn = null, int? tagColumn = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return NamedEntityFile.Read(path, wordColumn, tagColumn).Rows;
    }
}
