using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>The step that adds a column of a teacher's outputs to the rows of a training.</summary>
/// <param name="options">The teacher.</param>
/// <param name="areProbabilities">Whether the outputs are probabilities; otherwise they are logits, or numbers.</param>
/// <param name="create">Creates the step.</param>
internal sealed class TeacherStep(BertDistillation options, bool areProbabilities, Func<IHostEnvironment, BertTransformer> create)
{
    /// <summary>The name of the column of outputs.</summary>
    public const string Outputs = Prefix + "Outputs";

    // Names that data does not have.
    private const string Prefix = "Bert.MLNet.Teacher.";

    /// <summary>Returns a name for another column of the step.</summary>
    public static string Unused(string name) => Prefix + name;

    /// <summary>Creates the step. The caller disposes it.</summary>
    public BertTransformer Create(IHostEnvironment env) => create(env);

    /// <summary>Finds the outputs in data to which the step has added them.</summary>
    /// <param name="schema">The schema of the data.</param>
    /// <param name="labels">The labels of the student; null if the outputs are not those of labels.</param>
    /// <returns>The outputs; null if the data does not contain them, as data for validation.</returns>
    /// <exception cref="ArgumentException">The teacher has other labels than the student.</exception>
    public TeacherOutputs? Bind(DataViewSchema schema, IReadOnlyList<string>? labels) =>
        schema.GetColumnOrNull(Outputs) is { } column
            ? new TeacherOutputs(column, labels is null ? [] : Order(labels), areProbabilities)
            : null;

    // The number of the teacher's label for each label of the student.
    private int[] Order(IReadOnlyList<string> labels)
    {
        string[] known = [.. options.TeacherLabels ?? options.Teacher.Config.LabelNames];
        int[] order = [.. labels.Select(label => Array.IndexOf(known, label))];
        if (known.Length != labels.Count || order.Contains(-1) || order.Distinct().Count() < order.Length)
            throw new ArgumentException(
                $"The teacher '{options.Teacher.Name}' has the labels {string.Join(", ", known.Take(20))}, but the training data has " +
                $"{string.Join(", ", labels.Take(20))}. Use a teacher with the same labels, or name them in " +
                $"{nameof(options.TeacherLabels)}.");
        return order;
    }
}

/// <summary>A column of a teacher's outputs.</summary>
/// <param name="column">The column: numbers, or vectors with a value for each label, or several such vectors in a row.</param>
/// <param name="order">The number of the teacher's label for each label of the student; empty for numbers.</param>
/// <param name="areProbabilities">Whether the values are probabilities.</param>
internal sealed class TeacherOutputs(DataViewSchema.Column column, int[] order, bool areProbabilities)
{
    // Logits of lower probabilities would be infinite.
    private const float LowestProbability = 1e-30f;

    public DataViewSchema.Column Column => column;

    /// <summary>Creates a delegate that returns the outputs of the current row: numbers, or logits in the order of the student.</summary>
    public Func<float[]> CreateReader(DataViewRow row)
    {
        if (column.Type is not VectorDataViewType)
        {
            ValueGetter<float> getNumber = row.GetGetter<float>(column);
            float number = 0;
            return () =>
            {
                getNumber(ref number);
                return [number];
            };
        }
        var getVector = row.GetGetter<VBuffer<float>>(column);
        VBuffer<float> values = default;
        return () =>
        {
            getVector(ref values);
            return [.. values.DenseValues().Chunk(order.Length).SelectMany(some => order.Select(label => Logit(some[label])))];
        };
    }

    private float Logit(float value) => areProbabilities ? MathF.Log(MathF.Max(value, LowestProbability)) : value;
}
