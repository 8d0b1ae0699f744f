using TorchSharp;
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
        /// Creates the projection that preserves the dot products of vectors best: the eigenvectors of their second moments with the
        /// largest eigenvalues (Eckart and Young, 1936). For a larger number of values, vectors are padded with zeros.
        /// </summary>
        public static Projection Of(IReadOnlyList<TrainingRow> rows, int size)
        {
            TorchRuntime.EnsureLoaded();
            using DisposeScope scope = NewDisposeScope();
            using var quiet = no_grad();
            int values = rows[0].Targets.Length;
            float[] matrix = new float[values * size];
            if (values <= size)
            {
                for (int i = 0; i < values; i++)
                    matrix[i * size + i] = 1;
                return new(matrix, size);
            }
            Tensor moments = zeros(values, values, float64);
            foreach (TrainingRow[] some in rows.Chunk(1024))
            {
                Tensor block = tensor(some.SelectMany(row => row.Targets).ToArray(), some.Length, values).to(float64);
                moments = moments.Plus(block.t().matmul(block));
            }
            (_, Tensor vectors) = linalg.eigh(moments); // in ascending order of eigenvalues
            return new(vectors.narrow(1, values - size, size).contiguous().to(float32).data<float>().ToArray(), size);
        }
    }
}
