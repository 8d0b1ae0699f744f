using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Models;

/// <summary>Creates a decoder for an encoder.</summary>
internal static class DecoderCreation
{
    /// <summary>Creates a decoder.</summary>
    /// <param name="encoder">The encoder, with float weights.</param>
    /// <param name="options">The decoder to create.</param>
    /// <exception cref="ArgumentException">The options do not fit the encoder or each other.</exception>
    /// <exception cref="NotSupportedException">The family of the checkpoint cannot be a decoder.</exception>
    public static BertDecoder Create(BertModel encoder, BertDecoderOptions options)
    {
        BertModel? start = (options.SharesEncoder ? encoder : options.Checkpoint)?.WithWeights();
        if (options.SharesEncoder && options.Checkpoint is { } other && !ReferenceEquals(other, encoder))
            throw new ArgumentException(
                $"{nameof(options.SharesEncoder)} is set, so the decoder has the weights of its encoder '{encoder.Name}', and " +
                $"{nameof(options.Checkpoint)} '{other.Name}' is not used. Set one of them.");
        if (start is not null && (options.NumHiddenLayers ?? options.HiddenSize ?? options.NumAttentionHeads ?? options.IntermediateSize
            ?? options.MaxPositionEmbeddings) is not null)
            throw new ArgumentException(
                $"The decoder starts from '{start.Name}', so its size is known. Omit the sizes, or {nameof(options.Checkpoint)} and " +
                $"{nameof(options.SharesEncoder)}.");
        BertTokenizer tokenizer = options.Tokenizer ?? (start ?? encoder).Tokenizer;
        BertConfig config = start is null ? Sized(encoder.Config, options, tokenizer) : OfStart(start, tokenizer);
        BertGenerationOptions generation = (options.Generation ?? new BertGenerationOptions()).Validated(config);
        return new BertDecoder(config, tokenizer, Weights(start, config, encoder.Config, options.Seed), generation)
        {
            SharesEncoder = options.SharesEncoder,
        };
    }

    private static BertConfig OfStart(BertModel start, BertTokenizer tokenizer)
    {
        ModelFamilies.GetDecoder(start.Config.ModelType, start.Name);
        if (tokenizer.Vocabulary.Size > start.Config.VocabSize)
            throw new ArgumentException(
                $"The decoder's tokenizer has {tokenizer.Vocabulary.Size} tokens, but '{start.Name}' has embeddings for " +
                $"{start.Config.VocabSize}. Start from a checkpoint with that vocabulary, or at random.");
        return start.Config with { IsDecoder = true, Architectures = [] };
    }

    private static BertConfig Sized(BertConfig encoder, BertDecoderOptions options, BertTokenizer tokenizer)
    {
        ModelFamily family = encoder.Family.CanDecode ? encoder.Family : ModelFamilies.Get(ModelFamilies.DefaultModelType);
        BertConfig config = family.Defaults with
        {
            ModelType = family.ModelType,
            IsDecoder = true,
            VocabSize = tokenizer.Vocabulary.Size,
            PadTokenId = tokenizer.PadTokenId,
            HiddenSize = options.HiddenSize ?? encoder.HiddenSize,
            NumHiddenLayers = options.NumHiddenLayers ?? encoder.NumHiddenLayers,
            NumAttentionHeads = options.NumAttentionHeads ?? encoder.NumAttentionHeads,
            IntermediateSize = options.IntermediateSize ?? encoder.IntermediateSize,
            InitializerRange = encoder.InitializerRange,
        };
        int positions = options.MaxPositionEmbeddings ?? encoder.MaxTokens;
        foreach ((string name, int value) in new[]
        {
            (nameof(options.HiddenSize), config.HiddenSize), (nameof(options.NumHiddenLayers), config.NumHiddenLayers),
            (nameof(options.NumAttentionHeads), config.NumAttentionHeads), (nameof(options.IntermediateSize), config.IntermediateSize),
            (nameof(options.MaxPositionEmbeddings), positions),
        })
        {
            if (value is < 1 or > 1 << 20)
                throw new ArgumentException($"{name} is {value}; it must be from 1 to {1 << 20}.");
        }
        if (config.HiddenSize % config.NumAttentionHeads != 0)
            throw new ArgumentException(
                $"{nameof(options.HiddenSize)} is {config.HiddenSize}, which is not divisible by {config.NumAttentionHeads} attention " +
                $"heads. Change it, or {nameof(options.NumAttentionHeads)}.");
        return config with { MaxPositionEmbeddings = positions + config.Shape.ReservedPositions };
    }

    private static BertWeights Weights(BertModel? start, BertConfig config, BertConfig encoder, int seed)
    {
        int hidden = config.HiddenSize;
        IEnumerable<(string Name, int[] Shape)> tensors = ExpectedTensors.Encoder(config)
            .Concat(config.Head(HeadKind.MaskedLM)!.Tensors.Where(tensor => tensor.Name != CanonicalNames.Decoder
                || !config.TieWordEmbeddings));
        if (encoder.HiddenSize != hidden)
            tensors = tensors.Append((DecoderWeights.Projection + ".weight", [hidden, encoder.HiddenSize]))
                .Append((DecoderWeights.Projection + ".bias", [hidden]));
        return BertWeights.Create(
            tensors.Select(tensor => start?.Weights is { } known && known.Contains(tensor.Name)
                ? known[tensor.Name].Rename(tensor.Name)
                : BertTensor.Create(tensor.Name, tensor.Shape, Initial(tensor.Name, tensor.Shape, config, seed))),
            "the new decoder");
    }

    private static float[] Initial(string name, int[] shape, BertConfig config, int seed)
    {
        float[] values = new float[checked((int)shape.Aggregate(1L, (product, size) => product * size))];
        if (name.EndsWith("LayerNorm.weight", StringComparison.Ordinal))
        {
            Array.Fill(values, 1);
        }
        else if (shape.Length > 1)
        {
            // Box and Muller (1958), from numbers that depend on the seed and the tensor only.
            var random = new Random(name.Aggregate(seed, (hash, character) => unchecked(hash * 31 + character)));
            for (int i = 0; i < values.Length; i++)
                values[i] = (float)(config.InitializerRange * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()))
                    * Math.Cos(2 * Math.PI * random.NextDouble()));
        }
        return values;
    }
}
