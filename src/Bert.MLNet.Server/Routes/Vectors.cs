using System.Numerics.Tensors;
using Bert.MLNet.Server.Models;
using Bert.MLNet.Server.Requests;

namespace Bert.MLNet.Server.Routes;

/// <summary>Shapes vectors as a request asks.</summary>
internal static class Vectors
{
    /// <summary>Returns the task that computes vectors with a prompt.</summary>
    /// <param name="model">The model.</param>
    /// <param name="task">The task with the model's default prompt.</param>
    /// <param name="promptName">The name of one of the model's prompts, or null.</param>
    /// <exception cref="RequestException">The model has no such prompt.</exception>
    public static IServedTask<string, BertEmbedding> WithPrompt(
        ServedModel model, IServedTask<string, BertEmbedding> task, string? promptName)
    {
        if (promptName is null)
            return task;
        return model.EmbedWithPrompt.TryGetValue(promptName, out IServedTask<string, BertEmbedding>? prompted)
            ? prompted
            : throw RequestException.Invalid("prompt_name", $"The model has no prompt '{promptName}'. " + (model.EmbedWithPrompt.Count > 0
                ? $"Choose one of {string.Join(", ", model.EmbedWithPrompt.Keys)}." : "Leave 'prompt_name' out."));
    }

    /// <summary>Cuts vectors and scales them to length 1.</summary>
    /// <param name="embeddings">The vectors.</param>
    /// <param name="dimensions">The number of first values that are kept; null for all.</param>
    /// <param name="normalize">Whether vectors are scaled. A vector of zeros stays as it is.</param>
    /// <exception cref="RequestException">The vectors do not have that many values.</exception>
    public static float[][] Shape(IReadOnlyList<BertEmbedding> embeddings, int? dimensions, bool normalize)
    {
        int size = embeddings[0].Vector.Length;
        if (dimensions is { } kept && (kept < 1 || kept > size))
            throw RequestException.Invalid("dimensions", $"'dimensions' is {kept}; the model's vectors have {size} values.");
        return [.. embeddings.Select(embedding => Shaped(embedding.Vector.Span[..(dimensions ?? size)], normalize))];
    }

    private static float[] Shaped(ReadOnlySpan<float> vector, bool normalize)
    {
        float[] shaped = vector.ToArray();
        if (normalize && TensorPrimitives.Norm<float>(shaped) is > 0 and float length)
            TensorPrimitives.Divide(shaped, length, shaped);
        return shaped;
    }
}
