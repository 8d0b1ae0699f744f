using System.Text;
using Microsoft.ML.Internal.Utilities;

namespace Bert.MLNet.DataViews;

/// <summary>The sizes of a vector in ML.NET's binary form, looked at before ML.NET takes memory for what they claim.</summary>
internal static class KeyValuesHeader
{
    private const string Vector = "VBuffer";
    private const int Dense = -1;

    /// <summary>Checks that a vector of at most so many values follows. The stream stays where it is.</summary>
    /// <exception cref="FormatException">It is something else, or has more values.</exception>
    /// <exception cref="EndOfStreamException">The stream ends early.</exception>
    public static void Check(Stream stream, int most)
    {
        long start = stream.Position;
        using (var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true))
        {
            // The type: its name and length, those of the items' type, and the dimensions.
            Require(reader.ReadString() == Vector);
            reader.ReadLeb128Int();
            reader.ReadString();
            Require(reader.ReadLeb128Int() == 0);
            Require(reader.ReadInt32() == 1);
            int size = reader.ReadInt32();
            Require(size > 0 && size <= most);

            // The value: one vector, its size, the number of its values where it is sparse, and that of their places.
            Require(reader.ReadInt32() == 1 && reader.ReadInt32() == size);
            int count = reader.ReadInt32(), indices = reader.ReadInt32();
            Require(count == Dense ? indices == 0 : count >= 0 && count < size && indices == count);
        }
        stream.Position = start;
    }

    private static void Require(bool holds)
    {
        if (!holds)
            throw new FormatException("The sizes of a vector of labels are not those of the model.");
    }
}
