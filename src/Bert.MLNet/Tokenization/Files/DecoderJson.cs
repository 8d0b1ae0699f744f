using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tokenization;

/// <summary>Reads the <c>decoder</c> of a tokenizer.json.</summary>
internal static class DecoderJson
{
    private const string Known = "BPEDecoder, ByteFallback, ByteLevel, Fuse, Metaspace, Replace, Strip, WordPiece and a Sequence of these";

    public static TokenDecoder Read(JsonFields? decoder, string file)
    {
        if (decoder is null)
            return new WordPieceDecoder(prefix: null, cleanUp: false);
        TokenDecoder[] parts = [.. TokenizerJson.Flatten(decoder, "decoders", file).Select(part => Decoder(part, file))];
        return parts is [var only] ? only : new DecoderSequence(parts);
    }

    private static TokenDecoder Decoder(JsonFields part, string file)
    {
        switch (part.Text("type"))
        {
            case "BPEDecoder":
                return new BpeDecoder(part.Text("suffix") ?? "</w>");
            case "ByteFallback":
                return ByteFallbackDecoder.Instance;
            case "ByteLevel":
                return ByteLevelDecoder.Instance;
            case "Fuse":
                return FuseDecoder.Instance;
            case "Metaspace":
                (char mark, PrependScheme scheme) = MetaspaceJson.Read(part);
                return new MetaspaceDecoder(mark, dropsFirst: scheme != PrependScheme.Never);
            case "Replace":
                return new ReplaceDecoder(PatternJson.Read(part, file), part.Text("content") ?? "");
            case "Strip" when part.Text("content") is [var content]:
                return new StripDecoder(content, part.Whole("start", 0) ?? 0, part.Whole("stop", 0) ?? 0);
            case "WordPiece":
                return new WordPieceDecoder(part.Text("prefix") ?? "##", part.Flag("cleanup") ?? true);
            default:
                throw TokenizerJson.Refuse("decoder", part, file, Known);
        }
    }
}
