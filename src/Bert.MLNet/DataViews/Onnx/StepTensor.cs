namespace Bert.MLNet.DataViews;

/// <summary>A constant that a step of ML.NET adds to a pipeline's graph.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ElementType">The type of its items, see <see cref="OnnxElement"/>.</param>
/// <param name="Shape">Its dimensions; none for a single number.</param>
/// <param name="Bytes">Its little-endian numbers.</param>
/// <param name="Texts">Its items if they are texts, otherwise null.</param>
internal sealed record StepTensor(
    string Name, int ElementType, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Bytes, IReadOnlyList<string>? Texts = null);
