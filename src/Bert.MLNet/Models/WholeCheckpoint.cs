namespace Bert.MLNet.Models;

/// <summary>
/// Checkpoints whose files fit each other and yet are not whole: they would open, and give other vectors than they should. Only files
/// outside of
/// a model.zip are checked: what is inside was opened before it was saved, and has checksums.
/// </summary>
internal static class WholeCheckpoint
{
    // The powers of two to whose multiples embeddings are padded, because products of matrices are faster then.
    private const int MinPadding = 8, MaxPadding = 128;

    /// <summary>
    /// Checks that a vocabulary of lines has a token for each embedding but those of padding, and that the config has all layers of the
    /// weights.
    /// </summary>
    /// <remarks>
    /// Some published checkpoints have more embeddings than tokens. Theirs are opened where the vocabulary is known to be whole: a
    /// tokenizer.json that is cut off is no
    /// JSON, and a download has a checksum.
    /// </remarks>
    /// <param name="model">The checkpoint.</param>
    /// <param name="isDownload">Whether its files came from the hub.</param>
    /// <exception cref="InvalidDataException">One of them is cut off, or belongs to another checkpoint.</exception>
    public static void Check(BertModel model, bool isDownload)
    {
        int tokens = model.Tokenizer.Vocabulary.Size, rows = model.Config.VocabSize;
        if (tokens < rows && !isDownload && model.Tokenizer.HasVocabularyOfLines && !(IsPadding(tokens, rows) && !model.Tokenizer.LastLineIsOpen))
        {
            throw new InvalidDataException(
                $"The vocabulary{model.Tokenizer.VocabularyFile} of '{model.Name}' has {tokens} tokens, but its model has embeddings for {rows} ('vocab_size' in config.json): " +
                "the vocabulary is truncated, or belongs to another model. Copy or download it again. " +
                $"If the model was created like this, add {rows - tokens} lines such as [unused0] to the end of the file, for the embeddings without a token.");
        }
        int layers = model.Config.NumHiddenLayers;
        if (model.Weights?.Names.FirstOrDefault(name => CanonicalNames.LayerOf(name) >= layers) is { } beyond)
        {
            throw new InvalidDataException(
                $"'{model.Weights.FileName}' has the tensor '{model.Weights[beyond].Name}', but config.json has {layers} layers, counted from 0: the others would be ignored. " +
                "Check that config.json belongs to these weights, or save the model again with save_pretrained.");
        }
    }

    /// <summary>Whether a table of so many rows is one of so many tokens, padded.</summary>
    private static bool IsPadding(int tokens, int rows)
    {
        int multiple = Math.Min(MaxPadding, rows & -rows);
        return multiple >= MinPadding && rows - tokens < multiple;
    }
}
