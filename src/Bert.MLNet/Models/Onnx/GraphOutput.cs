using Bert.MLNet.Files;
using static Bert.MLNet.Models.OnnxFields;

namespace Bert.MLNet.Models;

/// <summary>An output that an ONNX graph declares.</summary>
/// <param name="Name">Its name.</param>
/// <param name="LastDimension">The size of its last dimension; null if the graph does not fix it.</param>
internal sealed record GraphOutput(string Name, int? LastDimension)
{
    /// <summary>The name that sentence-transformers and Optimum give to the vectors of texts.</summary>
    public const string SentenceEmbedding = "sentence_embedding";

    /// <summary>Reads the outputs of a graph, without the rest of it. Returns none if the file is damaged.</summary>
    public static IReadOnlyList<GraphOutput> ReadAll(ReadOnlyMemory<byte> model)
    {
        try
        {
            return
            [
                .. ProtoField.Read(model).Where(field => field.Number == ModelGraph).SelectMany(field => ProtoField.Read(field.Value))
                    .Where(part => part.Number == GraphOutputs).Select(part => Read(part.Value)),
            ];
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            // ONNX Runtime reports what is wrong with it.
            return [];
        }
    }

    /// <summary>Reads a <c>ValueInfoProto</c>.</summary>
    /// <exception cref="FormatException">The message is damaged.</exception>
    public static GraphOutput Read(ReadOnlyMemory<byte> message)
    {
        ProtoField[] fields = [.. ProtoField.Read(message)];
        string name = Array.FindLast(fields, field => field.Number == ValueName) is { Number: ValueName } found ? found.Text : "";
        IEnumerable<ProtoField> dimensions =
            Nested(Nested(Nested(fields, ValueKind), TypeTensor), TensorTypeShape).Where(field => field.Number == ShapeDimension);
        long size = Nested(dimensions.TakeLast(1), ShapeDimension).Where(field => field.Number == DimensionValue)
            .Select(field => field.Integer).LastOrDefault();
        return new GraphOutput(name, size is > 0 and <= int.MaxValue ? (int)size : null);
    }

    private static IEnumerable<ProtoField> Nested(IEnumerable<ProtoField> fields, int number) =>
        fields.Where(field => field.Number == number).SelectMany(field => ProtoField.Read(field.Value));
}
