using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;

namespace Bert.MLNet.DataViews;

/// <summary>
/// The graph of a pipeline, which its steps describe one after the other. ML.NET's steps describe themselves to its converter in the same
/// way. Columns that a step did not describe are remembered with the reason, which becomes an error if a result depends on them.
/// </summary>
internal sealed partial class StepGraph : OnnxContext
{
    private readonly List<StepNode> _nodes = [];
    private readonly Dictionary<string, StepTensor> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int ElementType, IReadOnlyList<long> Shape)> _inputs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _columns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _missing = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<long>> _shapes = new(StringComparer.Ordinal);
    private readonly Dictionary<object, TokenValues> _tokens = [];
    private readonly List<(string Name, string Value)> _metadata = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _nodeNames = new(StringComparer.Ordinal);
    private readonly HashSet<string> _described = new(StringComparer.Ordinal);
    private string _step = "";
    private string? _missingInput;

    /// <summary>The step that is being described, in messages.</summary>
    public string Step => _step;

    /// <summary>The nodes, each after those whose values it reads.</summary>
    public IReadOnlyList<StepNode> Nodes => _nodes;

    /// <summary>The constants by name.</summary>
    public IReadOnlyDictionary<string, StepTensor> Tensors => _tensors;

    /// <summary>The item types and shapes of the inputs by name: the columns of the data, and tokens.</summary>
    public IReadOnlyDictionary<string, (int ElementType, IReadOnlyList<long> Shape)> Inputs => _inputs;

    /// <summary>The names of the inputs that contain tokens.</summary>
    public IEnumerable<string> TokenInputs => _tokens.Values.SelectMany(values => new[] { values.Ids, values.Mask, values.Types });

    /// <summary>What a program needs to know to create the inputs.</summary>
    public IReadOnlyList<(string Name, string Value)> Metadata => _metadata;

    /// <summary>Makes a column of the data an input.</summary>
    public void AddInput(DataViewSchema.Column column)
    {
        if (OnnxElement.Of(column.Type) is not { } type)
        {
            _missing[column.Name] = $"column '{column.Name}' of the data is of type {column.Type}, which ONNX does not have";
            return;
        }
        _names.Add(column.Name);
        _columns[column.Name] = column.Name;
        _inputs[column.Name] = (type, OnnxElement.ShapeOf(column.Type));
        _shapes[column.Name] = ConverterShape(column.Type);
    }

    /// <summary>Adds the inputs for the tokens of a text, or returns those that already exist for the same tokens.</summary>
    /// <param name="source">Describes the text and how it becomes tokens. Equal sources have equal tokens.</param>
    /// <param name="column">A column of the step, from which names are made if there are tokens of several sources.</param>
    /// <param name="length">The number of tokens of each text; 0 if it varies.</param>
    /// <param name="facts">What a program needs to know to create the tokens.</param>
    public TokenValues AddTokens(object source, string column, int length, params ReadOnlySpan<(string Name, string Value)> facts)
    {
        if (_tokens.TryGetValue(source, out TokenValues? values))
            return values;
        values = new TokenValues(_tokens.Count == 0 ? "" : column + ".");
        _tokens.Add(source, values);
        foreach (string name in (string[])[values.Ids, values.Mask, values.Types])
        {
            if (!_names.Add(name))
                throw new NotSupportedException(
                    $"the file has an input '{name}' for tokens, and the data has a column of the same name. Rename the column.");
            _inputs.Add(name, (OnnxElement.Int64, [-1, length]));
        }
        foreach ((string name, string value) in facts)
            _metadata.Add((values.Prefix + name, value));
        return values;
    }

    /// <summary>Adds a node that is not described by ML.NET.</summary>
    public void Add(StepNode node) => _nodes.Add(node);

    /// <summary>Makes an existing value that of a column.</summary>
    public void SetColumn(string column, string value, DataViewType type)
    {
        _columns[column] = value;
        _shapes[value] = ConverterShape(type);
        _described.Add(column);
    }

    /// <summary>Excludes a column, which is an error only if a result depends on it.</summary>
    public void Exclude(string column, string reason)
    {
        _columns.Remove(column);
        _missing[column] = reason;
        _described.Add(column);
    }

    /// <summary>Gets the reason why a column has no value, or null if it has one.</summary>
    public string? MissingReason(string column) =>
        _columns.ContainsKey(column) ? null : _missing.GetValueOrDefault(column, $"column '{column}' does not exist");

    /// <summary>Has a step described, and notes which of its columns it left out.</summary>
    /// <param name="step">The step in messages.</param>
    /// <param name="columns">The columns that the step adds or replaces.</param>
    /// <param name="describe">Describes it; returns whether its options have a form in ONNX.</param>
    public void Describe(string step, IReadOnlyList<string> columns, Func<bool> describe)
    {
        (_step, _missingInput) = (step, null);
        _described.Clear();
        string? reason = null;
        try
        {
            if (!describe())
                reason = "it has no form in ONNX, at least not with these options";
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or OperationCanceledException))
        {
            reason = exception.Message;
        }
        foreach (string column in columns.Where(column => reason is not null || !_described.Contains(column)))
        {
            _columns.Remove(column);
            _missing[column] = _missingInput ?? $"step {step}, which adds column '{column}', cannot be exported" +
                (reason is null ? "" : $": {reason.TrimEnd('.')}");
        }
    }
}
