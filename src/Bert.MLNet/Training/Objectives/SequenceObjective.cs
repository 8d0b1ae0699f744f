using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>An objective of HuggingFace's sequence classification classes, selected by <c>problem_type</c>.</summary>
internal abstract class SequenceObjective : FineTuningObjective<BertForSequenceClassification>
{
    public override BertForSequenceClassification CreateModule(BertConfig config, ScalarType precision) => new(config, precision);

    /// <summary>
    /// The number to divide the logits by without validation rows, which otherwise determine it; null if they are never divided.
    /// </summary>
    public double? DefaultTemperature { get; init; }

    public sealed override double Calibrate(ModuleReplicas<BertForSequenceClassification> replicas, TrainingRow[] validation)
    {
        if (DefaultTemperature is not { } temperature)
            return 1;
        TrainingRow[] labelled = [.. validation.Where(row => !row.HasTeacherOnly)];
        if (labelled.Length > 0)
            temperature = Temperature(Predict(replicas, labelled));
        if (temperature != 1)
            replicas.First.Rescale(1 / temperature, 0);
        return temperature;
    }

    /// <summary>Returns the number to divide the logits by, so that their probabilities suit the rows.</summary>
    protected virtual double Temperature(IReadOnlyList<(TrainingRow Row, float[] Outputs)> rows) => 1;

    public override Tensor Forward(BertForSequenceClassification module, PaddedBatch batch) => module.Forward(batch);
}
