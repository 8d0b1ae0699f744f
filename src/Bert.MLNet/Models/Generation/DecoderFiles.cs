using System.Text.Json;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models;

/// <summary>
/// The files of a checkpoint with a decoder, HuggingFace's <c>EncoderDecoderModel</c>: a <c>config.json</c> with the configs of both, one
/// file of weights, and <c>generation_config.json</c>. If the texts that are written have another tokenizer than the source, it is in a
/// folder of its own.
/// </summary>
internal static class DecoderFiles
{
    /// <summary>The folder of the decoder's tokenizer, if it has one of its own.</summary>
    public const string TokenizerFolder = "decoder_tokenizer";

    private const string ModelType = "encoder-decoder", ClassName = "EncoderDecoderModel";

    /// <summary>All files that <see cref="Write"/> can create besides those of every checkpoint.</summary>
    public static readonly string[] All =
        [GenerationConfig.FileName, .. BertTokenizer.FileNames.Select(name => $"{TokenizerFolder}/{name}")];

    /// <summary>Reads the config of a checkpoint if it has a decoder; otherwise returns null.</summary>
    public static JsonFields? ParseConfig(FileSource files)
    {
        string file = files.Describe(BertModel.ConfigName);
        var fields = JsonFields.Parse(files.ReadText(BertModel.ConfigName)!, file);
        return IsConfig(fields) ? fields : null;
    }

    /// <summary>Gets the config of the encoder from the text of a <c>config.json</c>: a part of it if there is a decoder, or all.</summary>
    public static string EncoderConfig(string json, string file)
    {
        var fields = JsonFields.Parse(json, file);
        return IsConfig(fields) ? Part(fields, file, "encoder") : json;
    }

    /// <summary>Reads the decoder, and divides the weights.</summary>
    /// <param name="whole">The whole config.</param>
    /// <param name="files">The files.</param>
    /// <param name="encoder">The config of the encoder.</param>
    /// <param name="weights">The weights of both; null if the checkpoint has only a graph.</param>
    /// <param name="tokenizer">The tokenizer of the source.</param>
    /// <exception cref="InvalidDataException">The files do not belong together.</exception>
    /// <exception cref="NotSupportedException">The decoder requires something that is not supported.</exception>
    public static (BertWeights Encoder, BertDecoder Decoder) Read(
        JsonFields whole, FileSource files, BertConfig encoder, BertWeights? weights, BertTokenizer tokenizer)
    {
        string file = files.Describe(BertModel.ConfigName);
        if (weights is null)
            throw new NotSupportedException(
                $"'{file}' describes an encoder and a decoder, which are read from {WeightFiles.Single} only. Save the model with " +
                "save_pretrained.");
        QuantizationConfig.Check(whole, file);
        string part = Part(whole, file, "decoder");
        BertConfig config = ConfigFile.Read(part, file, runsGraph: false, isDecoder: true);
        bool areShared = whole.Flag("tie_encoder_decoder") ?? false;
        (BertWeights reads, BertWeights writes) = DecoderWeights.Divide(weights, config, areShared);
        DecoderWeights.Check(encoder, config, writes);
        FileSource own = files.Below(TokenizerFolder);
        BertTokenizer target = BertTokenizer.FileNames.Any(own.Contains)
            ? BertTokenizer.ReadFrom(own, config.Family.TokenizerClass)
            : tokenizer;
        string? generation = files.ReadText(GenerationConfig.FileName);
        (JsonFields Fields, string File)[] old = [(whole, file), (JsonFields.Parse(part, file), file)];
        string generationFile = files.Describe(GenerationConfig.FileName);
        (JsonFields Fields, string File)[] sources = generation is null
            ? old
            : [(JsonFields.Parse(generation, generationFile), generationFile)];
        return (reads, new BertDecoder(config, target, writes, GenerationConfig.Read(sources, config))
        {
            // As in transformers, all fields of the first file come before those of the others.
            StartTokenId = TokenId(sources, "decoder_start_token_id", "bos_token_id")
                ?? TokenId(old, "decoder_start_token_id", "bos_token_id") ?? target.ClsTokenId,
            EndTokenId = TokenId(sources, "eos_token_id") ?? TokenId(old, "eos_token_id") ?? target.SepTokenId,
            SharesEncoder = areShared,
            Source = files.ReadText(BertModel.ConfigName),
            GenerationSource = generation,
        });

        int? TokenId((JsonFields Fields, string File)[] files, params IEnumerable<string> names) => names
            .SelectMany(name => files.Select(source => GenerationConfig.TokenId(source.Fields, name, config.VocabSize)))
            .FirstOrDefault(id => id is not null);
    }

    /// <summary>Writes the files of a model with a decoder.</summary>
    public static void Write(BertModel model, Func<string, Stream> create)
    {
        BertDecoder decoder = model.Decoder!;
        Safetensors file = DecoderWeights.ToFile(model);
        string config = JsonFile.Merge(decoder.Source, new Dictionary<string, object?>
        {
            ["architectures"] = (string[])[ClassName],
            ["model_type"] = ModelType,
            ["is_encoder_decoder"] = true,
            ["encoder"] = JsonFile.Parse(model.Config.ToJson(), BertModel.ConfigName),
            ["decoder"] = JsonFile.Parse(decoder.Config.ToJson(), BertModel.ConfigName),
            ["decoder_start_token_id"] = decoder.StartTokenId,
            ["eos_token_id"] = decoder.EndTokenId,
            ["pad_token_id"] = decoder.Config.PadTokenId,
            ["tie_encoder_decoder"] = decoder.SharesEncoder,
            ["vocab_size"] = decoder.Config.VocabSize,
            [QuantizationConfig.Field] = model.IsQuantized
                ? QuantizationConfig.Of(file, model.Weights!.HasQuantized(CanonicalNames.WordEmbeddings))
                : null,
        });
        model.WriteTextsTo(create, config);
        if (decoder.Tokenizer.ContentHash != model.Tokenizer.ContentHash)
            decoder.Tokenizer.WriteTo(name => create($"{TokenizerFolder}/{name}"));
        using (var writer = new StreamWriter(create(GenerationConfig.FileName)))
            writer.Write(GenerationConfig.Write(decoder));
        using Stream stream = create(WeightFiles.Single);
        file.Write(stream);
    }

    private static bool IsConfig(JsonFields fields) =>
        fields.Find("model_type") is { ValueKind: JsonValueKind.String } type && type.GetString() == ModelType;

    private static string Part(JsonFields fields, string file, string name) => fields.Members(name) is not null
        ? fields.Find(name)!.Value.GetRawText()
        : throw new InvalidDataException(
            $"'{file}' has no '{name}', which a checkpoint of the type {ModelType} requires. Copy or download the file again.");
}
