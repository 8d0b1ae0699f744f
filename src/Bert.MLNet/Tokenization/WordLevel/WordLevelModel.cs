namespace Bert.MLNet.Tokenization;

/// <summary>
/// Looks up each word as a whole: the model <c>WordLevel</c> of HuggingFace's tokenizers. Immutable and thread-safe.
/// </summary>
/// <param name="words">The words and their ids.</param>
/// <param name="unknown">The id of a word that the vocabulary does not contain.</param>
internal sealed class WordLevelModel(BertVocabulary words, int unknown) : TokenModel
{
    private readonly PieceTable _words = new(words.Ids);

    public override string Kind => "WordLevel";

    public override void Match(in NormalizedText text, int start, int length, ref TokenBuffer output)
    {
        int id = _words.IdOf(text.Span.Slice(start, length));
        output.Add(id < 0 ? unknown : id, text.StartOf(start), text.EndOf(start + length - 1));
        output.EndWord();
    }

    public override bool IsElementary(string piece, int id) => id == unknown;

    public override bool ContinuesWord(string token) => false;
}
