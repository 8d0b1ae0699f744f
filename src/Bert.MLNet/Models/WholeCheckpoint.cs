namespace Bert.MLNet.Models;

/// <summary>
/// Rejects checkpoints whose files are consistent but incomplete: they would open, but return wrong vectors. Only files outside a model.zip
/// are checked: those inside were opened before they were saved, and have checksums.
/// </summary>
internal static class WholeCheckpoint
{
    // Embeddings are padded to multiples of these powers of two, because matrix products are then faster.
    private const int MinPadding = 8, MaxPadding = 128;

    /// <summary>
    /// Checks that a vocabulary of lines has a token for each embedding except padding, and that the config has all layers of the weights.
    /// </summary>
    /// <remarks>
    /// Some published checkpoints have more embeddings than tokens. They are opened if the vocabulary is known to be complete: a truncated
    /// tokenizer.json is not valid JSON, and a download has a checksum.
    /// </remarks>
    /// <param name="model">The checkpoint.</param>
    /// <param name="isDownload">Whether its files come from the hub.</param>
    /// <exception cref="InvalidDataException">A file is truncated, or belongs to another checkpoint.</exception>
    public static void Check(BertModel model, bool isDownload)
    {
        Check(model.Name, model.Tokenizer, model.Config, model.Weights, isDownload);
        if (model.Decoder is { } decoder)
            Check(model.Name, decoder.Tokenizer, decoder.Config, decoder.Weights, isDownload);
    }

    private static void Check(string name, BertTokenizer tokenizer, BertConfig config, BertWeights? weights, bool isDownload)
    {
        int tokens = tokenizer.Vocabulary.Size, rows = config.VocabSize;
        if (tokens < rows && !isDownload && tokenizer.HasVocabularyOfLines && !(IsPadding(tokens, rows) && !tokenizer.LastLineIsOpen))
        {
            throw new InvalidDataException(
                $"The vocabulary{tokenizer.VocabularyFile} of '{name}' has {tokens} tokens, but its model has embeddings for " +
                $"{rows} ('vocab_size' in config.json): " +
                "the vocabulary is truncated, or belongs to another model. Copy or download it again. " +
                $"If the model was created like this, add {rows - tokens} lines such as [unused0] to the end of the file, for the " +
                "embeddings without a token.");
        }
        int layers = config.StoredLayers;
        if (weights?.Names.FirstOrDefault(tensor => CanonicalNames.LayerOf(tensor) >= layers) is { } beyond)
        {
            throw new InvalidDataException(
                $"'{weights.FileName}' has the tensor '{weights[beyond].Name}', but config.json has {layers} layers, counted " +
                "from 0: the others would be ignored. " +
                "Check that config.json belongs to these weights, or save the model again with save_pretrained.");
        }
    }

    /// <summary>Whether a table with the given number of rows is a padded table for the given number of tokens.</summary>
    private static bool IsPadding(int tokens, int rows)
    {
        int multiple = Math.Min(MaxPadding, rows & -rows);
        return multiple >= MinPadding && rows - tokens < multiple;
    }
}
