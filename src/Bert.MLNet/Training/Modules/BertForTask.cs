using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// An encoder with the head that a task needs. Its state is that of HuggingFace's class of the same name, under the canonical names of
/// <see cref="BertWeights"/> in every family.
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

    /// <summary>How a text becomes a vector, with the trained weights of its modules; null if the task does not determine it.</summary>
    public virtual BertSentenceOptions? Sentence => null;

    /// <summary>Adds the family's head of the given kind to this module.</summary>
    /// <exception cref="NotSupportedException">The family does not support this head.</exception>
    protected HeadModule AddHead(HeadKind kind)
    {
        Head head = Config.Head(kind)
            ?? throw new NotSupportedException($"Models of model_type '{Config.ModelType}' have no head for {kind}.");
        return new HeadModule(head, Config, (name, part) => ModuleGroup.Register(CanonicalNames.IsEncoder(name) ? Bert : this, name, part));
    }
}
