namespace Bert.MLNet.Cli.Datasets;

/// <summary>The entities that a model finds.</summary>
internal sealed class FoundEntities
{
    public string[] Entities { get; set; } = [];

    public string[] EntityTypes { get; set; } = [];

    public float[] EntityScores { get; set; } = [];

    public int[] EntityStarts { get; set; } = [];

    public int[] EntityEnds { get; set; } = [];
}
