namespace Bert.MLNet.Models;

/// <summary>
/// Checkpoints whose files fit each other and yet are not whole: they would open, and give other vectors than they should. Only files outside of
/// a model.zip are checked: what is inside was opened before it was saved, and has checksums.
/// </summary>
internal static class WholeCheckpoint
{
    // The powers of two to whose multiples embeddings are padded, because products of matrices are faster then.
    private const int MinPadding = 8, MaxPadding = 128;

    /// <summary>Checks that the vocabulary has a token for each embedding but those of padding, and that the config has all layers of the weights.</summary>
    /// <exception cref="InvalidDataException">One of them is cut off, or belongs to another checkpoint.</exception>
    public static void Check(BertModel model)
    {
        int tokens = model.Tokenizer.Vocabulary.Size, rows = model.Config.VocabSize;
        if (tokens < rows && !(IsPadding(tokens, rows) && !model.Tokenizer.LastLineIsOpen))
        {
            throw new InvalidDataException(
                $"The vocabulary{model.Tokenizer.VocabularyFile} of '{model.Name}' has {tokens} tokens, and its model has embeddings for {rows} ('vocab_size' in config.json): " +
                "the vocabulary is cut off, or belongs to another model. Copy or download it again. " +
                $"If the model was made so, remove the embeddings without a token once in Python: model.resize_token_embeddings({tokens}).");
        }
        int layers = model.Config.NumHiddenLayers;
        if (model.Weights?.Names.FirstOrDefault(name => CanonicalNames.LayerOf(name) >= layers) is { } beyond)
        {
            throw new InvalidDataException(
                $"'{model.Weights.FileName}' has the tensor '{model.Weights[beyond].Name}', and config.json has {layers} layers, counted from 0: the others would be left out. " +
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
