using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;

namespace Bert.MLNet.DataViews;

/// <summary>Has the steps of a fitted pipeline described in a graph, and knows which columns of the result depend on tokens.</summary>
internal sealed class PipelineSteps
{
    private readonly HashSet<string> _missingResults = new(StringComparer.Ordinal);

    /// <param name="model">The fitted pipeline.</param>
    /// <param name="data">Data with the schema of its input; no row is read.</param>
    /// <exception cref="NotSupportedException">A step does not show which data it reads.</exception>
    public PipelineSteps(ITransformer model, IDataView data)
    {
        foreach (DataViewSchema.Column column in data.Schema.Where(column => !column.IsHidden))
            Graph.AddInput(column);
        IDataView view = data;
        foreach (ITransformer step in StepsOf(model))
            view = Describe(step, view);
        Schema = view.Schema;
    }

    /// <summary>The nodes, constants and columns of all steps.</summary>
    public StepGraph Graph { get; } = new();

    /// <summary>The schema of the result.</summary>
    public DataViewSchema Schema { get; }

    /// <summary>The visible columns of the result that depend on tokens.</summary>
    public DataViewSchema.Column[] Results()
    {
        HashSet<string> values = ResultValues();
        return [.. Schema.Where(column => !column.IsHidden && IsResult(column.Name, values))];
    }

    private static IEnumerable<ITransformer> StepsOf(ITransformer model) =>
        model is IEnumerable<ITransformer> chain ? chain.SelectMany(StepsOf) : [model];

    /// <summary>Adds a step, which can consist of several views of ML.NET.</summary>
    private IDataView Describe(ITransformer step, IDataView data)
    {
        IDataView result = step.Transform(data), view = result;
        var views = new Stack<IDataTransform>();
        for (; !ReferenceEquals(view, data) && view is IDataTransform transform; view = transform.Source)
            views.Push(transform);
        string name = NameOf(step.GetType());
        if (!ReferenceEquals(view, data))
            throw new NotSupportedException(
                $"The model cannot be saved as ONNX: step {name} does not show which data it reads. Leave the step out, or save the " +
                "model with ml.Model.SaveToFile.");
        foreach (IDataTransform transform in views)
        {
            DataViewSchema.Column[] columns = Added(transform);
            Graph.Describe(name, [.. columns.Select(column => column.Name)], () =>
            {
                // A view without columns of its own, such as a filter, changes no value.
                if (transform is not ITransformCanSaveOnnx known || !known.CanSaveOnnx(Graph))
                    return columns.Length == 0;
                known.SaveAsOnnx(Graph);
                return true;
            });
            NoteResults(transform, columns);
        }
        return result;
    }

    /// <summary>The columns that a view adds or replaces: ML.NET hides a column that is replaced, and keeps it.</summary>
    private static DataViewSchema.Column[] Added(IDataTransform view)
    {
        ILookup<string, DataViewSchema.Column> before = view.Source.Schema.ToLookup(column => column.Name);
        return
        [
            .. view.Schema.GroupBy(column => column.Name).Where(group => group.Count() > before[group.Key].Count())
                .Select(group => group.Last()),
        ];
    }

    /// <summary>Notes which columns without a value depend on tokens, as far as a view knows it.</summary>
    private void NoteResults(IDataTransform view, DataViewSchema.Column[] columns)
    {
        HashSet<string> results = ResultValues();
        foreach (DataViewSchema.Column column in columns)
        {
            if (Graph.MissingReason(column.Name) is null)
                _missingResults.Remove(column.Name);
            else if (view is not IRowToRowMapper mapper || mapper.GetDependencies([column]).Any(source => IsResult(source.Name, results)))
                _missingResults.Add(column.Name);
        }
    }

    private bool IsResult(string column, HashSet<string> results) => Graph.MissingReason(column) is null
        ? results.Contains(Graph.GetVariableName(column))
        : _missingResults.Contains(column);

    /// <summary>The values that depend on tokens.</summary>
    private HashSet<string> ResultValues()
    {
        HashSet<string> values = [.. Graph.TokenInputs];
        foreach (StepNode node in Graph.Nodes.Where(node => node.Inputs.Any(values.Contains)))
            values.UnionWith(node.Outputs);
        return values;
    }

    /// <summary>The name of a step's class, with the class around it and the types of its model.</summary>
    private static string NameOf(Type type)
    {
        string name = type.Name.Split('`')[0];
        if (type.DeclaringType is { } outer)
            name = $"{NameOf(outer)}.{name}";
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>" : name;
    }
}
