using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>
/// A module with exactly the parts that it registers. TorchSharp would also register every field under the field's name, but a
/// state dict must contain only HuggingFace's names. Parameters are looked up by name and not kept in fields, because a module that
/// moves to another device receives new ones.
/// </summary>
internal abstract class ExplicitModule(string name) : Module(name)
{
    protected sealed override void RegisterComponents()
    {
    }
}
