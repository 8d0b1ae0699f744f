using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// An encoder with something on it that a task needs. The state is that of HuggingFace's class of the same name; DistilBERT's goes under
/// BERT's names, as in <see cref="Models.BertWeights"/>.
/// </summary>
internal abstract class BertForTask : ExplicitModule
{
    protected BertForTask(string name, BertConfig config, ScalarType precision, bool pooler = false) : base(name)
    {
        Config = config;
        Bert = new BertModule(config, precision, pooler);
        register_module("bert", Bert);
    }

    public BertConfig Config { get; }

    public BertModule Bert { get; }
}
