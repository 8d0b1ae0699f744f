namespace Bert.MLNet.Models;

/// <summary>Formats the dimensions of a tensor for messages.</summary>
internal static class ShapeText
{
    // string.Join would format numbers in the culture of the thread.
    public static string Of<T>(params IEnumerable<T> dimensions) =>
        $"[{string.Join(", ", dimensions.Select(dimension => $"{dimension}"))}]";
}
