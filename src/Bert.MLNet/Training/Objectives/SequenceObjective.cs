using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>An objective of HuggingFace's sequence classification classes, selected by <c>problem_type</c>.</summary>
internal abstract class SequenceObjective : FineTuningObjective<BertForSequenceClassification>
{
    public override BertForSequenceClassification CreateModule(BertConfig config, ScalarType precision) => new(config, precision);

    public override Tensor Forward(BertForSequenceClassification module, PaddedBatch batch) => module.Forward(batch);
}
