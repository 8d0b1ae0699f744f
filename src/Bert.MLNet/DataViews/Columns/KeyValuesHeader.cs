using System.Text;
using Microsoft.ML.Internal.Utilities;

namespace Bert.MLNet.DataViews;

/// <summary>Checks the sizes in a vector's ML.NET binary form before ML.NET allocates memory for them.</summary>
internal static class KeyValuesHeader
{
    private const string Vector = "VBuffer";
    private const int Dense = -1;

    /// <summary>
    /// Checks that a vector of at most <paramref name="most"/> values follows. The position of the stream does not change.
    /// </summary>
    /// <exception cref="FormatException">The data is not such a vector, or it has more values.</exception>
    /// <exception cref="EndOfStreamException">The stream ends early.</exception>
    public static void Check(Stream stream, int most)
    {
        long start = stream.Position;
        using (var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true))
        {
            // The type: its name and length, the name and length of the item type, and the dimensions.
            Require(reader.ReadString() == Vector);
            reader.ReadLeb128Int();
            reader.ReadString();
            Require(reader.ReadLeb128Int() == 0);
            Require(reader.ReadInt32() == 1);
            int size = reader.ReadInt32();
            Require(size > 0 && size <= most);

            // The value: one vector, its size and, if it is sparse, the number of its values and of their indices.
            Require(reader.ReadInt32() == 1 && reader.ReadInt32() == size);
            int count = reader.ReadInt32(), indices = reader.ReadInt32();
            Require(count == Dense ? indices == 0 : count >= 0 && count < size && indices == count);
        }
        stream.Position = start;
    }

    private static void Require(bool holds)
    {
        if (!holds)
            throw new FormatException("The sizes of a vector of labels do not match the model.");
    }
}
