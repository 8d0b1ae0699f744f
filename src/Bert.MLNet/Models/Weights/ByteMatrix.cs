using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Bert.MLNet.Models;

/// <summary>Transposes row-major byte matrices.</summary>
internal static class ByteMatrix
{
    /// <summary>The rows of a block: the bytes of a word.</summary>
    private const int Height = sizeof(ulong);

    /// <summary>The columns of a block: the bytes of a vector, and of a cache line.</summary>
    private const int Width = 64;

    /// <summary>Transposes a matrix.</summary>
    /// <param name="matrix">[rows, columns].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="transposed">[columns, rows].</param>
    // Called once for each weight of a checkpoint, too seldom for tiered compilation to optimize it.
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
        // The last blocks start early enough to be complete, and write some bytes again.
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
    /// Transposes eight adjacent tiles of 8 × 8 bytes, one in each word of a vector: swaps halves, then quarters, then bytes across the
    /// diagonal (Warren, Hacker's Delight, 2012, section 7-3).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeBlock(ReadOnlySpan<byte> block, int columns, Span<byte> transposed, int rows)
    {
        Span<Vector512<ulong>> tiles = stackalloc Vector512<ulong>[Height];
        for (int row = 0; row < Height; row++)
            tiles[row] = Vector512.Create(block.Slice(row * columns, Width)).AsUInt64();
        for (int row = 0; row < 4; row++)
            Exchange(ref tiles[row], ref tiles[row + 4], 32, 0x0000_0000_FFFF_FFFF);
        for (int row = 0; row < Height; row += 4)
        {
            Exchange(ref tiles[row], ref tiles[row + 2], 16, 0x0000_FFFF_0000_FFFF);
            Exchange(ref tiles[row + 1], ref tiles[row + 3], 16, 0x0000_FFFF_0000_FFFF);
        }
        for (int row = 0; row < Height; row += 2)
            Exchange(ref tiles[row], ref tiles[row + 1], 8, 0x00FF_00FF_00FF_00FF);

        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<Vector512<ulong>, ulong>(tiles);
        // Checked once instead of for each word.
        ref byte first = ref MemoryMarshal.GetReference(transposed[..((Width - 1) * rows + Height)]);
        for (int column = 0; column < Width; column++)
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref first, column * rows), words[column % Height * Height + column / Height]);
    }

    /// <summary>Swaps the bits of the first's words under the shifted mask with those of the second's words under the mask.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Exchange(ref Vector512<ulong> first, ref Vector512<ulong> second, int shift, ulong mask)
    {
        Vector512<ulong> different = ((first >>> shift) ^ second) & Vector512.Create(mask);
        second ^= different;
        first ^= different << shift;
    }
}
