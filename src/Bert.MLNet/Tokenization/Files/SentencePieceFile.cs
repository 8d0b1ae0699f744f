using System.Buffers.Binary;
using Bert.MLNet.Files;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tokenization;

/// <summary>Contains the required parts of a SentencePiece model, a protobuf message <c>ModelProto</c>.</summary>
/// <param name="Pieces">The pieces and their scores.</param>
/// <param name="Unknown">The index of the unknown token among the pieces.</param>
/// <param name="ByteFallback">Whether text without a piece is split into bytes.</param>
/// <param name="CharsMap">The character map of its normalizer; null if there is none.</param>
internal sealed record SentencePieceFile(
    IReadOnlyList<(string Piece, double Score)> Pieces, int Unknown, bool ByteFallback, CharsMap? CharsMap)
{
    private const int ModelPieces = 1, ModelTrainer = 2, ModelNormalizer = 3;
    private const int PieceText = 1, PieceScore = 2;
    private const int TrainerType = 3, TrainerByteFallback = 35, TrainerUnknown = 40;
    private const int NormalizerCharsMap = 2;
    private const long UnigramType = 1;
    private const long MaxSize = 64 << 20; // ten times the size of the largest model (250,000 pieces)

    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="NotSupportedException">The model is not a Unigram model.</exception>
    public static SentencePieceFile Read(FileSource files, string name)
    {
        string file = files.Describe(name);
        byte[] content = files.ReadBytes(name, MaxSize)
            ?? throw new FileNotFoundException(
                $"There is neither '{file}' nor a tokenizer.json beside it. Copy or download the whole checkpoint.", file);
        try
        {
            return Parse(content, file);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw new InvalidDataException(
                $"'{file}' is damaged: it is not a valid SentencePiece model. Copy or download the file again.", exception);
        }
    }

    private static SentencePieceFile Parse(ReadOnlyMemory<byte> content, string file)
    {
        var pieces = new List<(string, double)>();
        long type = UnigramType, unknown = 0, byteFallback = 0;
        CharsMap? map = null;
        foreach (ProtoField part in ProtoField.Read(content))
        {
            switch (part.Number)
            {
                case ModelPieces:
                    pieces.Add(Piece(part.Value));
                    if (pieces.Count > BertVocabulary.MaxSize)
                        throw new FormatException("The model contains too many pieces.");
                    break;
                case ModelTrainer:
                    foreach (ProtoField field in ProtoField.Read(part.Value))
                    {
                        type = field.Number == TrainerType ? field.Integer : type;
                        unknown = field.Number == TrainerUnknown ? field.Integer : unknown;
                        byteFallback = field.Number == TrainerByteFallback ? field.Integer : byteFallback;
                    }
                    break;
                case ModelNormalizer:
                    foreach (ProtoField field in ProtoField.Read(part.Value)
                        .Where(field => field.Number == NormalizerCharsMap && field.Value.Length > 0))
                        map = CharsMap.Read(field.Value.Span, file);
                    break;
            }
        }
        if (type != UnigramType)
            throw TokenizerJson.Refuse("model type", type == 2 ? "BPE" : $"{type}", file, "Unigram");
        if (pieces.Count == 0 || unknown < 0 || unknown >= pieces.Count)
            throw new FormatException("The model does not contain the unknown piece.");
        return new SentencePieceFile(pieces, (int)unknown, byteFallback != 0, map);
    }

    private static (string, double) Piece(ReadOnlyMemory<byte> message)
    {
        string piece = "";
        float score = 0;
        foreach (ProtoField field in ProtoField.Read(message))
        {
            if (field.Number == PieceText)
                piece = field.Text;
            else if (field.Number == PieceScore && field.Value.Length == sizeof(float))
                score = BinaryPrimitives.ReadSingleLittleEndian(field.Value.Span);
        }
        return float.IsFinite(score) ? (piece, score) : throw new FormatException("A score is not a finite number.");
    }
}
