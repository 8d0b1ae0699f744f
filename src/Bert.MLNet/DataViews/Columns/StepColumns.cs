using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.DataViews;

/// <summary>The columns that a step for one or two texts reads and adds.</summary>
/// <param name="Inputs">The names of the text columns, and the options in which the user named them.</param>
/// <param name="Outputs">The columns that are added.</param>
internal sealed record StepColumns(IReadOnlyList<(string Name, string Option)> Inputs, IReadOnlyList<DataViewSchema.DetachedColumn> Outputs)
{
    /// <summary>Whether the texts are read as words.</summary>
    public bool HasWords { get; init; }

    /// <summary>The column of each row's own labels, and the option in which the user named it; null if there is none.</summary>
    public (string Name, string Option)? Labels { get; init; }

    /// <summary>The schema of data that consists of the text columns.</summary>
    public DataViewSchema InputSchema
    {
        get
        {
            var schema = new DataViewSchema.Builder();
            foreach ((string name, _) in Inputs)
                schema.AddColumn(name, TextDataViewType.Instance);
            return schema.ToSchema();
        }
    }

    /// <summary>Adds the outputs to the shape of a schema.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public SchemaShape AddTo(SchemaShape schema)
    {
        foreach ((string name, string option) in Inputs)
            _ = HasWords ? WordsColumn.Find(schema, name, option) : InputColumn.FindText(schema, name, option);
        if (Labels is { } labels)
            LabelsColumn.Find(schema, labels.Name, labels.Option);
        return OutputShape.Add(schema, Outputs);
    }

    /// <summary>Finds the text columns and, after them, the column of labels if there is one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or is not text.</exception>
    public DataViewSchema.Column[] Bind(DataViewSchema schema) =>
        [
            .. Inputs.Select(input => HasWords
                ? WordsColumn.Find(schema, input.Name, input.Option)
                : InputColumn.FindText(schema, input.Name, input.Option)),
            .. Labels is { } labels
                ? [LabelsColumn.Find(schema, labels.Name, labels.Option)]
                : Array.Empty<DataViewSchema.Column>(),
        ];

    /// <summary>Returns these columns after checking them.</summary>
    /// <exception cref="ArgumentException">A name is empty, or two outputs have the same name.</exception>
    public StepColumns Checked()
    {
        foreach ((string name, string option) in Inputs)
            ArgumentException.ThrowIfNullOrWhiteSpace(name, option);
        if (Labels is { } labels)
            ArgumentException.ThrowIfNullOrWhiteSpace(labels.Name, labels.Option);
        CheckOutputs(Outputs.Select(output => output.Name));
        return this;
    }

    /// <summary>Checks the names of the added columns.</summary>
    /// <exception cref="ArgumentException">A name is empty, or two names are the same.</exception>
    public static void CheckOutputs(params IEnumerable<string> names)
    {
        HashSet<string> seen = [];
        foreach (string name in names)
        {
            if (string.IsNullOrWhiteSpace(name))
                throw new ArgumentException("An output column has no name. Give it one.");
            if (!seen.Add(name))
                throw new ArgumentException($"Two output columns are named '{name}'. Give them different names.");
        }
    }
}
