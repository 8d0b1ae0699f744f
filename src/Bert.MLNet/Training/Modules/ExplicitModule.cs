using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>
/// A module whose parts are exactly those that it registers. TorchSharp would register every field too, under the field's name,
/// and a state dict must have HuggingFace's names alone. Parameters are asked for by name, never kept in fields: a module that moves to
/// another device gets new ones.
/// </summary>
internal abstract class ExplicitModule(string name) : Module(name)
{
    protected sealed override void RegisterComponents()
    {
    }
}
