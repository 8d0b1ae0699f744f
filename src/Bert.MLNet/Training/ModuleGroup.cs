using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>A level of names in a state dict that computes nothing itself, such as <c>attention</c> in <c>attention.self.query</c>.</summary>
internal sealed class ModuleGroup : ExplicitModule
{
    public ModuleGroup(params ReadOnlySpan<(string Name, Module Module)> members) : base(nameof(ModuleGroup))
    {
        foreach ((string name, Module module) in members)
            register_module(name, module);
    }
}
