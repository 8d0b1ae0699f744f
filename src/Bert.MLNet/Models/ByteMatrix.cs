using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Bert.MLNet.Models;

/// <summary>Matrices of bytes, row-major.</summary>
internal static class ByteMatrix
{
    /// <summary>Rows of a block: the bytes of a word.</summary>
    private const int Height = sizeof(ulong);

    /// <summary>Columns of a block: the bytes of a vector, and of a line of the processor's cache.</summary>
    private const int Width = 64;

    /// <summary>Writes a matrix with its columns as rows.</summary>
    /// <param name="matrix">[rows, columns].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="transposed">[columns, rows].</param>
    // Called once for each weight of a checkpoint, too seldom to be compiled a second time, and well.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(ReadOnlySpan<byte> matrix, int rows, int columns, Span<byte> transposed)
    {
        if (rows < Height || columns < Width)
        {
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++)
                    transposed[column * rows + row] = matrix[row * columns + column];
            }
            return;
        }
        // The last blocks begin early enough to be whole, and write some bytes again.
        for (int row = 0; row < rows; row += Height)
        {
            int top = Math.Min(row, rows - Height);
            for (int column = 0; column < columns; column += Width)
            {
                int left = Math.Min(column, columns - Width);
                TransposeBlock(matrix[(top * columns + left)..], columns, transposed[(left * rows + top)..], rows);
            }
        }
    }

    /// <summary>
    /// Transposes eight tiles of 8 × 8 bytes that lie side by side, one in each word of a vector: halves, then quarters, then bytes change places across the diagonal
    /// (Warren, Hacker's Delight, 2012, section 7-3).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeBlock(ReadOnlySpan<byte> block, int columns, Span<byte> transposed, int rows)
    {
        Vector512<ulong> row0 = Row(block, 0), row1 = Row(block, columns), row2 = Row(block, 2 * columns), row3 = Row(block, 3 * columns);
        Vector512<ulong> row4 = Row(block, 4 * columns), row5 = Row(block, 5 * columns), row6 = Row(block, 6 * columns), row7 = Row(block, 7 * columns);
        Exchange(ref row0, ref row4, 32, 0x0000_0000_FFFF_FFFF);
        Exchange(ref row1, ref row5, 32, 0x0000_0000_FFFF_FFFF);
        Exchange(ref row2, ref row6, 32, 0x0000_0000_FFFF_FFFF);
        Exchange(ref row3, ref row7, 32, 0x0000_0000_FFFF_FFFF);
        Exchange(ref row0, ref row2, 16, 0x0000_FFFF_0000_FFFF);
        Exchange(ref row1, ref row3, 16, 0x0000_FFFF_0000_FFFF);
        Exchange(ref row4, ref row6, 16, 0x0000_FFFF_0000_FFFF);
        Exchange(ref row5, ref row7, 16, 0x0000_FFFF_0000_FFFF);
        Exchange(ref row0, ref row1, 8, 0x00FF_00FF_00FF_00FF);
        Exchange(ref row2, ref row3, 8, 0x00FF_00FF_00FF_00FF);
        Exchange(ref row4, ref row5, 8, 0x00FF_00FF_00FF_00FF);
        Exchange(ref row6, ref row7, 8, 0x00FF_00FF_00FF_00FF);

        Span<ulong> words = stackalloc ulong[Width];
        row0.CopyTo(words);
        row1.CopyTo(words[8..]);
        row2.CopyTo(words[16..]);
        row3.CopyTo(words[24..]);
        row4.CopyTo(words[32..]);
        row5.CopyTo(words[40..]);
        row6.CopyTo(words[48..]);
        row7.CopyTo(words[56..]);
        // Checked once instead of for each word.
        ref byte first = ref MemoryMarshal.GetReference(transposed[..((Width - 1) * rows + Height)]);
        for (int column = 0; column < Width; column++)
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref first, column * rows), words[column % Height * Height + column / Height]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Row(ReadOnlySpan<byte> block, int start) => Vector512.Create(block.Slice(start, Width)).AsUInt64();

    /// <summary>Exchanges what the mask, moved up, selects of the first's words with what it selects of the second's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Exchange(ref Vector512<ulong> first, ref Vector512<ulong> second, int shift, ulong mask)
    {
        Vector512<ulong> different = ((first >>> shift) ^ second) & Vector512.Create(mask);
        second ^= different;
        first ^= different << shift;
    }
}
