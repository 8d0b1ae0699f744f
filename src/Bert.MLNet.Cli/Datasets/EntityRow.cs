namespace Bert.MLNet.Cli.Datasets;

/// <summary>A text and the places of its named entities: a row to learn from, and the columns of the models that come out.</summary>
internal sealed class EntityRow
{
    public string Text { get; set; } = "";

    public string[] Types { get; set; } = [];

    /// <summary>Where they begin, in UTF-16 units.</summary>
    public int[] Starts { get; set; } = [];

    /// <summary>Where they end.</summary>
    public int[] Ends { get; set; } = [];
}

/// <summary>The entities that a model finds.</summary>
internal sealed class FoundEntities
{
    public string[] Entities { get; set; } = [];

    public string[] EntityTypes { get; set; } = [];

    public float[] EntityScores { get; set; } = [];

    public int[] EntityStarts { get; set; } = [];

    public int[] EntityEnds { get; set; } = [];
}
