using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>A level of names in a state dict without a computation, such as <c>attention</c> in <c>attention.self.query</c>.</summary>
internal sealed class ModuleGroup : ExplicitModule
{
    public ModuleGroup(params ReadOnlySpan<(string Name, Module Module)> members) : base(nameof(ModuleGroup))
    {
        foreach ((string name, Module module) in members)
            register_module(name, module);
    }

    /// <summary>
    /// Registers a module under a dotted name. All parts but the last are groups, which are created if they do not exist.
    /// </summary>
    public static void Register(Module root, string name, Module module)
    {
        string[] parts = name.Split('.');
        foreach (string level in parts[..^1])
        {
            Module? next = root.named_children().FirstOrDefault(child => child.name == level).module;
            if (next is null)
                root.register_module(level, next = new ModuleGroup());
            root = next;
        }
        root.register_module(parts[^1], module);
    }
}
