namespace Bert.MLNet.Benchmarks;

/// <summary>What contenders read.</summary>
internal sealed class TextRow
{
    public string Text { get; set; } = "";
}

/// <summary>What they make of it.</summary>
internal sealed class VectorRow
{
    public float[] Features { get; set; } = [];
}
