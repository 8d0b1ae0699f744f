using Bert.MLNet.Models;
using CsCheck;

namespace Bert.MLNet.Tests.Models;

public class ByteMatrixTests
{
    [Fact]
    public void Every_byte_of_a_matrix_of_any_size_is_where_row_and_column_are_exchanged() =>
        Gen.Select(Gen.Int[0, 150], Gen.Int[0, 150]).Sample((rows, columns) =>
    {
        byte[] matrix = new byte[rows * columns], transposed = new byte[rows * columns];
        new Random(rows * 151 + columns).NextBytes(matrix);
        ByteMatrix.Transpose(matrix, rows, columns, transposed);
        for (int i = 0; i < matrix.Length; i++)
            Assert.Equal(matrix[i], transposed[i % columns * rows + i / columns]);
    });
}
