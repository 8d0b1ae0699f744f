using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tokenization;

/// <summary>How the vocabulary of a <c>tokenizer_class</c> lies in files where there is no tokenizer.json.</summary>
/// <param name="Names">The files.</param>
/// <param name="Read">Reads them.</param>
internal sealed record VocabularyFiles(IReadOnlyList<string> Names, Func<FileSource, TokenizerClass, TokenizerSpecification> Read)
{
    public const string LinesName = "vocab.txt";

    /// <summary>WordPiece, one token a line.</summary>
    public static VocabularyFiles Lines { get; } = new([LinesName], (files, kind) =>
    {
        string file = files.Describe(LinesName);
        if (!files.Contains(LinesName))
            throw new FileNotFoundException(
                $"There is neither '{file}' nor a tokenizer.json beside it. Copy or download the whole checkpoint.", file);
        using Stream stream = files.Open(LinesName);
        return new TokenizerSpecification(BertVocabulary.Load(stream, file), [], kind.Options) { Row = kind.Row, File = file };
    });

    /// <summary>Byte-level BPE.</summary>
    public static VocabularyFiles BytePairs { get; } = new([BpeFiles.VocabularyName, BpeFiles.MergesName], BpeFiles.Read);
}
