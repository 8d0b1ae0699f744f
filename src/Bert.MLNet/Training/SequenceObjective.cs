using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>What HuggingFace's classes for sequence classification learn, by their <c>problem_type</c>.</summary>
internal abstract class SequenceObjective : FineTuningObjective<BertForSequenceClassification>
{
    public override BertForSequenceClassification CreateModule(BertConfig config, ScalarType precision) => new(config, precision);

    public override Tensor Forward(BertForSequenceClassification module, PaddedBatch batch) => module.Forward(batch);

    /// <summary>The rows' targets, [rows, targets].</summary>
    protected static Tensor Targets(IReadOnlyList<TrainingRow> rows) =>
        tensor(rows.SelectMany(row => row.Targets).ToArray(), rows.Count, rows[0].Targets.Length);

    /// <summary>The rows' weights, [rows].</summary>
    protected static Tensor Weights(IReadOnlyList<TrainingRow> rows) => tensor(rows.Select(row => row.Weight).ToArray());
}
