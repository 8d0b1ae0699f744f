using System.Globalization;
using Bert.MLNet.Cli.CodeGeneration;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Cli.Tables;

/// <summary>
/// The columns of the table that a model was trained on, as specified on the command line. They are stored in the model file, as
/// annotations of the columns of its input schema.
/// </summary>
/// <param name="Label">The label column, or null if the data set had no columns.</param>
/// <param name="Text">The column of texts or questions.</param>
/// <param name="Pair">The column of second texts or contexts.</param>
internal sealed record TrainedColumns(string? Label = null, string? Text = null, string? Pair = null)
{
    private const string Kind = "SourceColumn";

    /// <summary>Reads the columns from a model's schema.</summary>
    public static TrainedColumns Of(DataViewSchema? schema)
    {
        return new(Find("Label", "Similarity", "Types", "TrainingAnswer", "Target"),
            Find("Sentence1", "Text", "Question", "Source"),
            Find("Sentence2", "Context"));

        string? Find(params ReadOnlySpan<string> columns)
        {
            foreach (string column in columns)
            {
                if (schema?.GetColumnOrNull(column)?.Annotations is { } annotations && annotations.Schema.GetColumnOrNull(Kind) is not null)
                {
                    ReadOnlyMemory<char> name = default;
                    annotations.GetValue(Kind, ref name);
                    return name.ToString();
                }
            }
            return null;
        }
    }

    /// <summary>Adds the columns that a model was trained on to its input schema.</summary>
    /// <param name="schema">The input schema.</param>
    /// <param name="code">The label and text columns of the model.</param>
    /// <param name="source">The source of the rows.</param>
    public static DataViewSchema AddTo(DataViewSchema schema, ModelCode code, TableSource source)
    {
        bool named = source.HasHeader || source.Separator is null;
        Dictionary<string, string> names = code.Labels.Take(source.Labels).Concat(code.Texts).Zip(source.Columns)
            .ToDictionary(pair => pair.First.Column,
                pair => named
                ? source.Form == SourceForm.Separated
                ? pair.Second.Name.Trim()
                : pair.Second.Name
                : pair.Second.Index.ToString(CultureInfo.InvariantCulture));
        if (source.Form == SourceForm.Conll)
        {
            foreach ((CodeColumn column, int? place) in new[] { (code.Labels[0], source.ConllColumns.Tag),
                (code.Texts[0], source.ConllColumns.Word) })
            {
                if (place is { } number)
                    names[column.Column] = number.ToString(CultureInfo.InvariantCulture);
            }
        }
        var builder = new DataViewSchema.Builder();
        foreach (DataViewSchema.Column column in schema)
        {
            var annotations = new DataViewSchema.Annotations.Builder();
            annotations.Add(column.Annotations, _ => true);
            if (names.TryGetValue(column.Name, out string? name))
                annotations.Add(Kind, TextDataViewType.Instance, (ref ReadOnlyMemory<char> value) => value = name.AsMemory());
            builder.AddColumn(column.Name, column.Type, annotations.ToAnnotations());
        }
        return builder.ToSchema();
    }
}
