using Bert.MLNet.Models;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>Converts the labels of rows to those of a <see cref="SentenceLoss"/>.</summary>
/// <param name="Description">The values that determine the conversion, in addition to the rows.</param>
internal abstract record LabelScale(string Description)
{
    /// <summary>Labels that are used as they are.</summary>
    public static LabelScale None { get; } = new Range(0, 1);

    /// <summary>Converts labels, [rows, values].</summary>
    public abstract Tensor Apply(Tensor labels);

    /// <summary>Scales numbers to cosines.</summary>
    /// <param name="Minimum">The number that corresponds to a cosine of 0.</param>
    /// <param name="Maximum">The number that corresponds to a cosine of 1.</param>
    public sealed record Range(float Minimum, float Maximum) : LabelScale($"{Minimum} {Maximum}")
    {
        public override Tensor Apply(Tensor labels) => labels.Minus(Minimum).Over(Maximum - Minimum).squeeze(1);
    }

    /// <summary>Projects vectors to another number of values.</summary>
    /// <param name="Matrix">The projection, [values of a label × values of a vector].</param>
    /// <param name="Size">The number of values of a vector.</param>
    public sealed record Projection(float[] Matrix, int Size) : LabelScale("")
    {
        public override Tensor Apply(Tensor labels) => labels.matmul(tensor(Matrix, Matrix.Length / Size, Size));

        /// <summary>
        /// Creates the projection that preserves the dot products of labels best. For a larger number of values, labels are padded with
        /// zeros.
        /// </summary>
        public static Projection Of(IReadOnlyList<TrainingRow> rows, int size, int threads)
        {
            int values = rows[0].Targets.Length;
            float[] matrix = new float[values * size];
            float[][] directions = values > size ? PrincipalComponents.Directions([.. rows.Select(row => row.Targets)], size, threads) : [];
            for (int column = 0; column < size; column++)
            {
                for (int row = 0; row < values; row++)
                    matrix[row * size + column] = values > size ? directions[column][row] : row == column ? 1 : 0;
            }
            return new(matrix, size);
        }
    }
}
