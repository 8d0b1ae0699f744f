using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// An encoder with something on it that a task needs. The state is that of HuggingFace's class of the same name, under the canonical names
/// of
/// <see cref="BertWeights"/> whatever the family.
/// </summary>
internal abstract class BertForTask : ExplicitModule
{
    protected BertForTask(string name, BertConfig config, ScalarType precision) : base(name)
    {
        Config = config;
        Bert = new EncoderModule(config, precision);
        register_module("bert", Bert);
    }

    public BertConfig Config { get; }

    public EncoderModule Bert { get; }

    /// <summary>Makes the family's head of that kind a part of this module.</summary>
    /// <exception cref="NotSupportedException">The family has none.</exception>
    protected HeadModule AddHead(HeadKind kind)
    {
        Head head = Config.Head(kind) ?? throw new NotSupportedException($"Models of model_type '{Config.ModelType}' have no head for {kind}.");
        return new HeadModule(head, Config.InitializerRange, (name, dense) => ModuleGroup.Register(CanonicalNames.IsEncoder(name) ? Bert : this, name, dense));
    }
}
