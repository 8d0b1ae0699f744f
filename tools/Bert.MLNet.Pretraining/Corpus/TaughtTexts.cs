using System.Numerics.Tensors;
using Bert.MLNet.DataViews;
using Bert.MLNet.Models;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Tensor = TorchSharp.torch.Tensor;

namespace Bert.MLNet.Pretraining;

/// <summary>Texts and the vectors that a teacher computed for them, in memory in half precision.</summary>
internal sealed class TaughtTexts
{
    // The projection and the rotation are computed from this many vectors.
    private const int Sampled = 20_000, Batch = 256;

    private readonly List<ushort[]> _texts = [];
    private readonly List<Half[]> _vectors = [];

    private TaughtTexts(int dimension) => Dimension = dimension;

    /// <summary>The number of texts.</summary>
    public int Count => _texts.Count;

    /// <summary>The number of values of a vector.</summary>
    public int Dimension { get; }

    /// <summary>Reads texts and vectors, and projects the vectors to the subspace that preserves their dot products best.</summary>
    /// <param name="texts">JSON lines with the fields id and text, as <c>sentences</c> writes them.</param>
    /// <param name="vectors">
    /// A Parquet file with the columns id and embedding, which <c>bert-mlnet embed</c> computed from these texts.
    /// </param>
    /// <param name="tokenizer">The student's tokenizer.</param>
    /// <param name="dimension">The number of values to which vectors are projected, at most their own.</param>
    /// <param name="maxTokens">The maximum number of tokens of a text, without special tokens; longer ones are left out.</param>
    /// <exception cref="InvalidDataException">The vectors have fewer values, or <see cref="TaughtFile.Read"/> fails.</exception>
    public static TaughtTexts Read(string texts, string vectors, BertTokenizer tokenizer, int dimension, int maxTokens)
    {
        var taught = new TaughtTexts(dimension);
        float[][]? directions = null;
        foreach ((string[] rows, float[][] values) in TaughtFile.Read(texts, vectors))
        {
            int size = values[0].Length;
            directions ??= PrincipalComponents.Directions(
                [.. values.Take(Sampled)], Math.Min(dimension, size), Environment.ProcessorCount);
            if (directions.Length != dimension)
                throw new InvalidDataException($"'{vectors}' has vectors of {size} values; they must have at least {dimension}.");
            taught.Add(rows, values, directions, tokenizer, maxTokens);
        }
        return taught;
    }

    /// <summary>The token ids of a text, without special tokens.</summary>
    public ushort[] Text(int index) => _texts[index];

    /// <summary>The vectors of some texts, one after the other.</summary>
    public float[] Vectors(IReadOnlyList<int> indexes) => [.. indexes.SelectMany(index => _vectors[index]).Select(value => (float)value)];

    /// <summary>
    /// Rotates all vectors so that they are as near as possible to those of an untrained student (orthogonal Procrustes; Schönemann, 1966).
    /// Cosines do not change, and the student keeps what its directions mean to its layers.
    /// </summary>
    /// <param name="student">Computes vectors of length 1 from token ids, [texts, values].</param>
    public void Align(Func<IReadOnlyList<ushort[]>, Tensor> student)
    {
        using DisposeScope scope = NewDisposeScope();
        using var quiet = no_grad();
        Tensor products = zeros(Dimension, Dimension);
        foreach (int[] indexes in Enumerable.Range(0, Math.Min(Sampled, Count)).Chunk(Batch))
        {
            using DisposeScope work = NewDisposeScope();
            Tensor teacher = functional.normalize(tensor(Vectors(indexes), indexes.Length, Dimension), 2, 1);
            products.add_(teacher.t().matmul(student([.. indexes.Select(Text)]).cpu()));
        }
        (Tensor left, _, Tensor right) = linalg.svd(products);
        Tensor rotation = left.matmul(right);
        foreach (int[] indexes in Enumerable.Range(0, Count).Chunk(Sampled))
        {
            using DisposeScope work = NewDisposeScope();
            float[] rotated = tensor(Vectors(indexes), indexes.Length, Dimension).matmul(rotation).data<float>().ToArray();
            for (int i = 0; i < indexes.Length; i++)
                TensorPrimitives.ConvertToHalf(rotated.AsSpan(i * Dimension, Dimension), _vectors[indexes[i]]);
        }
    }

    private void Add(string[] texts, float[][] values, float[][] directions, BertTokenizer tokenizer, int maxTokens)
    {
        var rows = new (ushort[] Ids, Half[] Vector)[texts.Length];
        Workers.Share(texts.Length, Environment.ProcessorCount, (_, i) =>
        {
            var ids = new List<int>();
            tokenizer.EncodeTo(texts[i], ids);
            rows[i] = ([.. ids.Select(id => (ushort)id)],
                [.. directions.Select(direction => (Half)TensorPrimitives.Dot<float>(values[i], direction))]);
        });
        foreach ((ushort[] ids, Half[] vector) in rows)
        {
            if (ids.Length == 0 || ids.Length > maxTokens)
                continue;
            _texts.Add(ids);
            _vectors.Add(vector);
        }
    }
}
