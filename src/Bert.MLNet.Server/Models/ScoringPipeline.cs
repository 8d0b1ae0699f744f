using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Server.Models;

/// <summary>The steps of a model.zip that compute a column of scores from one or two columns of texts. Thread-safe.</summary>
internal sealed class ScoringPipeline
{
    private const string ScoreColumn = "Score", LabelColumn = "Label";

    private readonly MLContext _ml;
    private readonly ITransformer _model;
    private readonly BertModel? _checkpoint;
    private readonly SchemaDefinition _columns;
    private readonly string[] _labels;

    private ScoringPipeline(MLContext ml, ITransformer model, BertModel? checkpoint, SchemaDefinition columns, string[] labels) =>
        (_ml, _model, _checkpoint, _columns, _labels) = (ml, model, checkpoint, columns, labels);

    /// <param name="ml">The context.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="model">The steps.</param>
    /// <param name="schema">The schema of the training data, or null if the file has none.</param>
    /// <param name="checkpoint">Counts tokens; null for a model without BERT.</param>
    /// <exception cref="InvalidDataException">The file has no column of scores, or needs other columns than texts.</exception>
    public static ScoringPipeline Open(MLContext ml, string path, ITransformer model, DataViewSchema? schema, BertModel? checkpoint)
    {
        if (!HasScore(model, schema))
            throw new InvalidDataException(
                $"'{path}' has no column {ScoreColumn}, or was saved without its input schema. Serve a model that classifies, scores, " +
                "embeds, finds entities or answers, and pass the schema of its data when you save it.");
        return new(ml, model, checkpoint, ColumnsOf(path, schema!), LabelsOf(model.GetOutputSchema(schema!)[ScoreColumn]));
    }

    /// <summary>Whether the steps compute a column of scores.</summary>
    public static bool HasScore(ITransformer model, DataViewSchema? schema) =>
        schema is not null && model.GetOutputSchema(schema).GetColumnOrNull(ScoreColumn) is not null;

    /// <summary>Returns about the number of tokens that are read of a pair.</summary>
    public int CountTokens(BertTextPair pair) => _checkpoint is null
        ? 1
        : Math.Min(
            _checkpoint.MaxSequenceLength,
            _checkpoint.Tokenizer.CountTokens(pair.Text) + _checkpoint.Tokenizer.CountTokens(pair.Pair));

    /// <summary>Computes the scores of pairs: those of all labels, the highest first, or a single one.</summary>
    public IEnumerable<IReadOnlyList<LabelScore>> Score(IEnumerable<BertTextPair> pairs)
    {
        IDataView view = _model.Transform(_ml.Data.LoadFromEnumerable(
            pairs.Select(pair => new Row { Text = pair.Text, Pair = pair.Pair }), _columns));
        return view.Schema[ScoreColumn].Type is VectorDataViewType
            ? [.. view.GetColumn<float[]>(ScoreColumn).Select(Sorted)]
            : [.. view.GetColumn<float>(ScoreColumn).Select(score => new[] { new LabelScore(_labels[0], score) })];
    }

    private LabelScore[] Sorted(float[] scores) =>
        [.. _labels.Zip(scores, (label, score) => new LabelScore(label, score)).OrderByDescending(label => label.Score)];

    private static string[] LabelsOf(DataViewSchema.Column score)
    {
        if (score.Type is not VectorDataViewType { Size: var size })
            return ["score"];
        if (!score.HasSlotNames())
            return [.. Enumerable.Range(0, size).Select(i => $"LABEL_{i}")];
        VBuffer<ReadOnlyMemory<char>> names = default;
        score.GetSlotNames(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    /// <summary>Binds the first two columns of texts, and columns that predictions do not read, such as labels.</summary>
    private static SchemaDefinition ColumnsOf(string path, DataViewSchema schema)
    {
        SchemaDefinition definition = SchemaDefinition.Create(typeof(Row), SchemaDefinition.Direction.Read);
        List<SchemaDefinition.Column> free = [.. definition];
        foreach (DataViewSchema.Column column in schema)
        {
            SchemaDefinition.Column bound = free.Find(member => member.ColumnType.Equals(column.Type)
                && (column.Type is not TextDataViewType
                    || (column.Name == LabelColumn) == (member.MemberName == nameof(Row.Label))))
                ?? throw new InvalidDataException(
                    $"'{path}' reads column '{column.Name}' of type {column.Type}. A served model reads one or two columns of texts.");
            bound.ColumnName = column.Name;
            free.Remove(bound);
        }
        free.ForEach(unused => definition.Remove(unused));
        return definition;
    }

    private sealed class Row
    {
        public string Text { get; set; } = "";
        public string Pair { get; set; } = "";
        public string Label { get; set; } = "";
        public float Number { get; set; }
        public bool Flag { get; set; }
    }
}
