using Bert.MLNet.Files;
using static Bert.MLNet.Models.OnnxFields;

namespace Bert.MLNet.Models;

/// <summary>
/// Limits the number of parts of an ONNX graph before it is read: in memory, each part needs many times its bytes in the file.
/// </summary>
internal sealed class OnnxParts
{
    // The largest BERT has about 100,000.
    private const int Max = 1_000_000;

    private readonly string _file;
    private int _count;

    private OnnxParts(string file) => _file = file;

    /// <summary>Counts the fields of a model, of its graph, of the graph's nodes and weights, and of the nodes' attributes.</summary>
    /// <exception cref="InvalidDataException">There are more parts than in any BERT.</exception>
    public static void Check(ReadOnlyMemory<byte> model, string file)
    {
        try
        {
            new OnnxParts(file).Count(model);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            // ONNX Runtime reports what is wrong with it.
        }
    }

    private void Count(ReadOnlyMemory<byte> model)
    {
        foreach (ProtoField graph in Fields(model).Where(field => field.Number == ModelGraph))
        {
            foreach (ProtoField part in Fields(graph.Value).Where(field => field.Number is GraphNode or GraphInitializer))
            {
                foreach (ProtoField field in Fields(part.Value).Where(field => part.Number == GraphNode && field.Number == NodeAttribute))
                    _ = Fields(field.Value).Count();
            }
        }
    }

    private IEnumerable<ProtoField> Fields(ReadOnlyMemory<byte> message)
    {
        foreach (ProtoField field in ProtoField.Read(message))
        {
            if (++_count > Max)
                throw new InvalidDataException(
                    $"'{_file}' has more than {Max} parts, which is not plausible for a BERT graph. Copy or download the file again.");
            yield return field;
        }
    }
}
