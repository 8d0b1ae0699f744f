using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tokenization;

/// <summary>Describes the vocabulary files of a <c>tokenizer_class</c> for checkpoints without a tokenizer.json.</summary>
/// <param name="Names">The names of the files.</param>
/// <param name="Read">Reads the tokenizer from the files.</param>
internal sealed record VocabularyFiles(IReadOnlyList<string> Names, Func<FileSource, TokenizerClass, TokenizerSpecification> Read)
{
    public const string LinesName = "vocab.txt";

    /// <summary>The file of a WordPiece vocabulary, one token per line.</summary>
    public static VocabularyFiles Lines { get; } = new([LinesName], (files, kind) =>
    {
        string file = files.Describe(LinesName);
        if (!files.Contains(LinesName))
            throw new FileNotFoundException(
                $"There is neither '{file}' nor a tokenizer.json beside it. Copy or download the whole checkpoint.", file);
        using Stream stream = files.Open(LinesName);
        return new TokenizerSpecification(BertVocabulary.Load(stream, file), [], kind.Options) { Row = kind.Row, File = file };
    });

    /// <summary>The files of a byte-level BPE vocabulary.</summary>
    public static VocabularyFiles BytePairs { get; } = new([BpeFiles.VocabularyName, BpeFiles.MergesName], BpeFiles.Read);
}
