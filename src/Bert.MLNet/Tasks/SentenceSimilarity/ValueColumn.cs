using Bert.MLNet.DataViews;
using Bert.MLNet.Persistence;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tasks;

/// <summary>A column of numbers. NaN is a missing one.</summary>
internal sealed class ValueColumn(DataViewSchema schema, string name)
    : TargetColumn(InputColumn.Find(schema, name, nameof(SequenceTrainingOptions.LabelColumnName), Expected, type => type == NumberDataViewType.Single))
{
    /// <summary>What the column has to be, in words.</summary>
    public static string Expected => "Single";

    // Cross-encoders of sentence-transformers apply a sigmoid unless their config says otherwise.
    public override BertConfig ConfigOf(BertModel model) => ConfigOf(model, ["LABEL_0"], "regression") with
    {
        Source = JsonFile.Merge(model.Config.Source, new Dictionary<string, object?> { ["sbert_ce_default_activation_function"] = "torch.nn.modules.linear.Identity" }),
    };

    public override Func<float[]?> CreateReader(DataViewRow row)
    {
        ValueGetter<float> getter = row.GetGetter<float>(Column);
        float value = 0;
        return () =>
        {
            getter(ref value);
            return float.IsNaN(value) ? null : [value];
        };
    }

    public override (SequenceObjective Objective, TrainingRow[] Rows) Learn(TrainingRow[] rows)
    {
        if (rows.Length == 0)
            throw new InvalidOperationException($"No row has a number in column '{Column.Name}', so there is nothing to learn.");
        double mean = rows.Average(row => (double)row.Targets[0]);
        double deviation = Math.Sqrt(rows.Average(row => Math.Pow(row.Targets[0] - mean, 2)));
        return (new RegressionObjective(mean, deviation > 0 ? deviation : 1), rows);
    }

    public override void CheckSame(TargetColumn other)
    {
    }
}
