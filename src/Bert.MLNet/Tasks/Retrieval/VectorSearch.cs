using System.Numerics.Tensors;

namespace Bert.MLNet.Tasks;

/// <summary>Finds the most similar vectors by comparing all of them.</summary>
internal static class VectorSearch
{
    /// <summary>Returns the dot product of two vectors.</summary>
    public static float Score(float[] query, float[] vector) => TensorPrimitives.Dot<float>(query, vector);

    /// <summary>Returns the most similar vectors with their dot products, best first; of equal ones, the first in the list.</summary>
    /// <param name="query">The vector to compare with.</param>
    /// <param name="vectors">The vectors.</param>
    /// <param name="count">The maximum number of results.</param>
    public static (int Index, float Score)[] Top(float[] query, IReadOnlyList<float[]> vectors, int count)
    {
        var best = new PriorityQueue<int, (float Score, int Order)>();
        for (int i = 0; i < vectors.Count; i++)
        {
            (float, int) rank = (Score(query, vectors[i]), -i);
            if (best.Count < count)
                best.Enqueue(i, rank);
            else
                best.EnqueueDequeue(i, rank);
        }
        var found = new List<(int, float)>();
        while (best.TryDequeue(out int vector, out (float Score, int) rank))
            found.Add((vector, rank.Score));
        found.Reverse();
        return [.. found];
    }
}
