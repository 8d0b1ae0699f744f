using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>Trains an encoder of vectors that are the logits of labels: the last of its modules is the head.</summary>
/// <param name="sentence">How a text becomes the logits.</param>
/// <param name="labels">The loss and the metric of logits.</param>
internal sealed class VectorClassObjective(BertSentenceOptions sentence, SequenceObjective labels) : FineTuningObjective<SentenceEncoder>
{
    public override string MetricName => labels.MetricName;

    public override string Parameters => labels.Parameters;

    public override SentenceEncoder CreateModule(BertConfig config, ScalarType precision) => new(config, sentence, precision);

    public override Tensor Forward(SentenceEncoder module, PaddedBatch batch) => module.Forward(batch);

    public override Tensor Loss(Tensor outputs, IReadOnlyList<TrainingRow> rows) => labels.Loss(outputs, rows);

    public override double Metric(IReadOnlyList<(TrainingRow Row, float[] Outputs)> rows) => labels.Metric(rows);
}
