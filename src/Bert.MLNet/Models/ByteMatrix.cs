using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Bert.MLNet.Models;

/// <summary>Matrices of bytes, row-major.</summary>
internal static class ByteMatrix
{
    private const int Tile = sizeof(ulong), Strip = 8 * Tile;

    /// <summary>Writes a matrix with its columns as rows. Tiles of 8 × 8 are turned within eight words, several times as fast as byte by byte.</summary>
    /// <param name="matrix">[rows, columns].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="transposed">[columns, rows].</param>
    // Called once for each weight of a checkpoint, too seldom to be compiled a second time, and well.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(ReadOnlySpan<byte> matrix, int rows, int columns, Span<byte> transposed)
    {
        int wholeRows = rows - rows % Tile, wholeColumns = columns - columns % Tile;
        Span<ulong> tile = stackalloc ulong[Tile];
        // Strips of columns: the rows of the result that they are written to stay in the cache.
        for (int strip = 0; strip < wholeColumns; strip += Strip)
        {
            for (int row = 0; row < wholeRows; row += Tile)
            {
                for (int column = strip; column < Math.Min(strip + Strip, wholeColumns); column += Tile)
                {
                    for (int i = 0; i < Tile; i++)
                        tile[i] = BinaryPrimitives.ReadUInt64LittleEndian(matrix[((row + i) * columns + column)..]);
                    Turn(tile);
                    for (int i = 0; i < Tile; i++)
                        BinaryPrimitives.WriteUInt64LittleEndian(transposed[((column + i) * rows + row)..], tile[i]);
                }
            }
        }
        for (int row = 0; row < rows; row++)
        {
            for (int column = row < wholeRows ? wholeColumns : 0; column < columns; column++)
                transposed[column * rows + row] = matrix[row * columns + column];
        }
    }

    /// <summary>Transposes 8 × 8 bytes: halves, then quarters, then bytes change places across the diagonal (Warren, Hacker's Delight, 2012, section 7-3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn(Span<ulong> tile)
    {
        for (int i = 0; i < 4; i++)
            Exchange(ref tile[i], ref tile[i + 4], 32, 0x0000_0000_FFFF_FFFF);
        for (int i = 0; i < 8; i += 4)
        {
            Exchange(ref tile[i], ref tile[i + 2], 16, 0x0000_FFFF_0000_FFFF);
            Exchange(ref tile[i + 1], ref tile[i + 3], 16, 0x0000_FFFF_0000_FFFF);
        }
        for (int i = 0; i < 8; i += 2)
            Exchange(ref tile[i], ref tile[i + 1], 8, 0x00FF_00FF_00FF_00FF);
    }

    /// <summary>Exchanges what the mask, moved up, selects of the first word with what it selects of the second.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Exchange(ref ulong first, ref ulong second, int shift, ulong mask)
    {
        ulong different = (first >> shift ^ second) & mask;
        second ^= different;
        first ^= different << shift;
    }
}
