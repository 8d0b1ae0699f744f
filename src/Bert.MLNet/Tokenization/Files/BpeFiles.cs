using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tokenization;

/// <summary>Byte-level BPE from <c>vocab.json</c> and <c>merges.txt</c>, GPT-2's files.</summary>
internal static class BpeFiles
{
    public const string VocabularyName = "vocab.json", MergesName = "merges.txt";

    /// <summary>The tokenizer of a RoBERTa.</summary>
    public static TokenizerSpecification Read(FileSource files, TokenizerClass kind)
    {
        string vocabularyFile = files.Describe(VocabularyName), mergesFile = files.Describe(MergesName);
        string vocabulary = files.ReadText(VocabularyName, BoundedText.Vocabulary) ?? throw Missing(vocabularyFile);
        string merges = files.ReadText(MergesName, BoundedText.Vocabulary) ?? throw Missing(mergesFile);
        JsonFields fields = JsonFields.Parse(vocabulary, vocabularyFile);
        TokenizerSpecification specification =
            Create(new BertVocabulary(ModelJson.Pieces(fields.Members(), fields)), Merges(merges, mergesFile), mergesFile, unknown: null,
                fuseUnknown: false, ignoreMerges: false);
        specification = PreTokenizerJson.WithPrefixSpace(NormalizerJson.ChainOf(specification), addPrefixSpace: false);
        return specification with
        {
            File = vocabularyFile,
            Row = kind.Row,
            Options = kind.Options with { DoLowerCase = false, TokenizeChineseChars = false },
            Decoder = ByteLevelDecoder.Instance,
            Trimming = new OffsetTrimming(AddPrefixSpace: false),
        };
    }

    /// <summary>A tokenizer on pieces and merges.</summary>
    /// <exception cref="InvalidDataException">A merge is of tokens that the pieces do not have.</exception>
    public static TokenizerSpecification Create(
        BertVocabulary pieces, IEnumerable<(string Left, string Right)> merges, string file, string? unknown, bool fuseUnknown,
        bool ignoreMerges)
    {
        var ids = new List<(int, int, int)>();
        foreach ((string left, string right) in merges)
            ids.Add((IdOf(left), IdOf(right), IdOf(left + right)));
        int unknownId = unknown is null ? -1 : IdOf(unknown);
        var model = new BpeModel(pieces.Ids, ids, unknownId, fuseUnknown, ignoreMerges);
        return new TokenizerSpecification(
            pieces, [], unknown is null ? new BertTokenizerOptions() : new BertTokenizerOptions { UnknownToken = unknown })
        {
            Model = (_, _) => model,
            HasLines = false,
        };

        int IdOf(string token) => pieces.TryGetId(token, out int id) ? id
            : throw new InvalidDataException(
                $"'{file}' has merges of '{PrintableText.Of(token)}', which the vocabulary lacks. Check that the files belong together.");
    }

    // As in the Rust code, a comment with the version may stand in any line.
    private static IEnumerable<(string Left, string Right)> Merges(string text, string file)
    {
        using var reader = new StringReader(text);
        for (int number = 1; reader.ReadLine() is { } line; number++)
        {
            if (line.StartsWith("#version", StringComparison.Ordinal))
                continue;
            if (line.Split(' ') is not [var left, var right])
                throw new InvalidDataException(
                    $"Line {number} of '{file}' is not two pieces with a blank between. Copy or download the file again.");
            yield return (left, right);
        }
    }

    private static FileNotFoundException Missing(string file) =>
        new($"There is neither '{file}' nor a tokenizer.json beside it. Copy or download the whole checkpoint.", file);
}
