using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tokenization;

/// <summary>Reads byte-level BPE from <c>vocab.json</c> and <c>merges.txt</c>, the file format of GPT-2.</summary>
internal static class BpeFiles
{
    public const string VocabularyName = "vocab.json", MergesName = "merges.txt";

    /// <summary>Returns whether the vocabulary contains a token.</summary>
    public static bool Mentions(FileSource files, string token) =>
        files.ReadText(VocabularyName, BoundedText.Vocabulary) is { } text
        && JsonFields.Parse(text, files.Describe(VocabularyName)).Has(token);

    /// <summary>Reads the tokenizer of a RoBERTa or GPT-2 checkpoint.</summary>
    public static TokenizerSpecification Read(FileSource files, TokenizerClass kind)
    {
        string vocabularyFile = files.Describe(VocabularyName), mergesFile = files.Describe(MergesName);
        string vocabulary = files.ReadText(VocabularyName, BoundedText.Vocabulary) ?? throw Missing(vocabularyFile);
        string merges = files.ReadText(MergesName, BoundedText.Vocabulary) ?? throw Missing(mergesFile);
        JsonFields fields = JsonFields.Parse(vocabulary, vocabularyFile);
        TokenizerSpecification specification =
            Create(new BertVocabulary(ModelJson.Pieces(fields.Members(), fields)), Merges(merges, mergesFile), mergesFile,
                new BpeSettings());
        specification = PreTokenizerJson.WithPrefixSpace(NormalizerJson.ChainOf(specification), addPrefixSpace: false);
        return specification with
        {
            File = vocabularyFile,
            Row = kind.Row,
            Options = kind.Options with { DoLowerCase = false, TokenizeChineseChars = false },
            Decoder = ByteLevelDecoder.Instance,
            Trimming = kind.TrimsOffsets ? new OffsetTrimming(AddPrefixSpace: false) : null,
        };
    }

    /// <summary>Creates a tokenizer from pieces and merges.</summary>
    /// <exception cref="InvalidDataException">A merge or the unknown token refers to a token that is not among the pieces.</exception>
    public static TokenizerSpecification Create(
        BertVocabulary pieces, IEnumerable<(string Left, string Right)> merges, string file, BpeSettings settings)
    {
        string prefix = settings.ContinuingSubwordPrefix;
        var ids = new List<(int, int, int)>();
        foreach ((string left, string right) in merges)
        {
            if (right.Length < prefix.Length)
                throw new InvalidDataException(
                    $"A merge in '{file}' has the second piece '{PrintableText.Of(right)}', which is shorter than the " +
                    $"continuing_subword_prefix '{PrintableText.Of(prefix)}'. Copy or download the file again.");
            ids.Add((IdOf(left), IdOf(right), IdOf(left + right[prefix.Length..])));
        }
        string? unknown = settings.UnknownToken;
        var model = new BpeModel(pieces.Ids, ids, unknown is null ? -1 : IdOf(unknown), settings);
        return new TokenizerSpecification(
            pieces, [], unknown is null ? new BertTokenizerOptions() : new BertTokenizerOptions { UnknownToken = unknown })
        {
            Model = (_, _) => model,
            NeedsUnknownToken = false,
            HasLines = false,
        };

        int IdOf(string token) => pieces.TryGetId(token, out int id) ? id
            : throw new InvalidDataException(
                $"'{file}' refers to '{PrintableText.Of(token)}', which is not in the vocabulary. Check that the files belong together.");
    }

    // As in the Rust code, a version comment can occur in any line.
    private static IEnumerable<(string Left, string Right)> Merges(string text, string file)
    {
        using var reader = new StringReader(text);
        for (int number = 1; reader.ReadLine() is { } line; number++)
        {
            if (line.StartsWith("#version", StringComparison.Ordinal))
                continue;
            if (line.Split(' ') is not [var left, var right])
                throw new InvalidDataException(
                    $"Line {number} of '{file}' is not two pieces separated by a space. Copy or download the file again.");
            yield return (left, right);
        }
    }

    private static FileNotFoundException Missing(string file) =>
        new($"There is neither '{file}' nor a tokenizer.json beside it. Copy or download the whole checkpoint.", file);
}
