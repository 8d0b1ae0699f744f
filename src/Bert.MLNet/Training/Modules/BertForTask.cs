using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// An encoder with the head that a task needs. Its state is that of HuggingFace's class of the same name, under the canonical names of
/// <see cref="BertWeights"/> in every family.
/// </summary>
internal abstract class BertForTask : TrainableModule
{
    protected BertForTask(string name, BertConfig config, ScalarType precision) : base(name, config)
    {
        Bert = new EncoderModule(config, precision);
        register_module("bert", Bert);
    }

    public EncoderModule Bert { get; }

    /// <summary>Adds the family's head of the given kind to this module.</summary>
    /// <exception cref="NotSupportedException">The family does not support this head.</exception>
    protected HeadModule AddHead(HeadKind kind)
    {
        Head head = Config.Head(kind)
            ?? throw new NotSupportedException($"Models of model_type '{Config.ModelType}' have no head for {kind}.");
        return new HeadModule(head, Config, (name, part) => ModuleGroup.Register(CanonicalNames.IsEncoder(name) ? Bert : this, name, part));
    }
}
