namespace Bert.MLNet.Models;

/// <summary>The dimensions of a tensor as messages show them.</summary>
internal static class ShapeText
{
    // string.Join formats numbers in the culture of the thread.
    public static string Of<T>(params IEnumerable<T> dimensions) => $"[{string.Join(", ", dimensions.Select(dimension => $"{dimension}"))}]";
}
