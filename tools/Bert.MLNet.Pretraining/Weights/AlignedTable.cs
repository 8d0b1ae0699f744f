using Bert.MLNet.Models;
using Bert.MLNet.Training;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Tensor = TorchSharp.torch.Tensor;

namespace Bert.MLNet.Pretraining;

/// <summary>
/// Maps a table of static embeddings to a teacher's vectors of texts. Training then starts near them, also for tokens that hardly occur.
/// </summary>
internal static class AlignedTable
{
    // Each row of the map has as many values as a vector, so this many texts determine it well.
    private const int Sampled = 50_000;

    private const double Ridge = 1e-3;

    /// <summary>
    /// Multiplies all vectors of the table by the matrix that maps the normalized vectors of texts to those of the teacher with the least
    /// squared error (ridge regression).
    /// </summary>
    /// <param name="table">The table, whose vectors of texts are normalized.</param>
    /// <param name="rows">The texts and the teacher's vectors.</param>
    /// <returns>A table in single precision with as many values as the teacher's vectors.</returns>
    public static BertModel Create(BertModel table, IReadOnlyList<TaughtRow> rows)
    {
        TorchRuntime.EnsureLoaded();
        TaughtRow[] sample = TaughtRow.Sample(rows, Sampled);
        using DisposeScope scope = NewDisposeScope();
        using BertEmbeddingTransformer step = BertEmbeddingTransformer.Create(table);
        Tensor own = functional.normalize(Matrix([.. step.Embed(sample.Select(row => row.Text)).Select(row => row.Vector.ToArray())]));
        Tensor target = Matrix([.. sample.Select(row => row.Teacher)]);
        Tensor regularized = own.t().matmul(own).Plus(eye(own.shape[1]).Times(Ridge * sample.Length / own.shape[1]));
        Tensor map = linalg.solve(regularized, own.t().matmul(target));
        Tensor mapped = tensor(table.Table!.ToVectors(), table.Table.Tokens, table.Table.Width).matmul(map).contiguous();
        return StaticFiles.Create(
            table.Config, table.Tokenizer, StaticTableWriter.Create(mapped.Values(), (int)mapped.shape[1], BertStaticPrecision.Float32),
            table.Sentence, table.Name);
    }

    private static Tensor Matrix(float[][] rows) => tensor([.. rows.SelectMany(row => row)], rows.Length, rows[0].Length);
}
