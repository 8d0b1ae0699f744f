using Bert.MLNet.Tasks;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Reports;

/// <summary>A model's predictions for texts with known entities.</summary>
internal sealed record EntityResult(IReadOnlyList<EntityPrediction> Rows)
{
    /// <summary>Precision, recall and F1 for each type that occurs.</summary>
    public IReadOnlyList<ClassScores> Types =>
    [
        .. from type in Rows.SelectMany(row => row.Labelled.Concat(row.Found.Select(found => found.Span))).Select(span => span.Type)
            .Distinct().Order(StringComparer.Ordinal)
           select new ClassScores(type, Count(type, row => row.Right), Count(type, row => row.Labelled),
               Count(type, row => row.Found.Select(found => found.Span))),
    ];

    /// <summary>The calibration of the entities' probabilities.</summary>
    public Calibration Calibration =>
        new(Rows.SelectMany(row => row.Found.Select(found => (found.Score, row.Labelled.Contains(found.Span)))));

    /// <summary>Reads the predictions of a model of <c>named-entity-recognition</c>.</summary>
    public static EntityResult Read(MLContext ml, IDataView predictions) =>
        new([.. ml.Data.CreateEnumerable<Row>(predictions, reuseRowObject: false).Select(row => new EntityPrediction(
        row.Text,
        Spans(row.Types, row.Starts, row.Ends),
        [.. Spans(row.EntityTypes, row.EntityStarts, row.EntityEnds).Zip(row.EntityScores)]))]);

    private int Count(string type, Func<EntityPrediction, IEnumerable<EntitySpan>> spans) =>
        Rows.Sum(row => spans(row).Count(span => span.Type == type));

    private static EntitySpan[] Spans(string[] types, int[] starts, int[] ends) =>
        [.. types.Select((type, i) => new EntitySpan(type, starts[i], ends[i]))];

    private sealed class Row
    {
        public string Text { get; set; } = "";

        public string[] Types { get; set; } = [];

        public int[] Starts { get; set; } = [];

        public int[] Ends { get; set; } = [];

        public string[] EntityTypes { get; set; } = [];

        public float[] EntityScores { get; set; } = [];

        public int[] EntityStarts { get; set; } = [];

        public int[] EntityEnds { get; set; } = [];
    }
}

/// <summary>A text with its entities and those that a model finds. An entity is correct if its type, start and end are.</summary>
/// <param name="Text">The text.</param>
/// <param name="Labelled">The known entities.</param>
/// <param name="Found">The entities that the model finds, with their probabilities.</param>
internal sealed record EntityPrediction(
    string Text, IReadOnlyList<EntitySpan> Labelled, IReadOnlyList<(EntitySpan Span, float Score)> Found)
{
    public IEnumerable<EntitySpan> Right => Found.Select(found => found.Span).Where(Labelled.Contains);

    public IEnumerable<EntitySpan> Missed => Labelled.Except(Found.Select(found => found.Span));

    public IEnumerable<(EntitySpan Span, float Score)> Wrong => Found.Where(found => !Labelled.Contains(found.Span));

    public int Errors => Missed.Count() + Wrong.Count();
}
