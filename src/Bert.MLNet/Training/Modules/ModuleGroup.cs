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

    /// <summary>Registers a module under a dotted name; see <see cref="Owner"/>.</summary>
    public static void Register(Module root, string name, Module module) => Owner(root, name).register_module(LastPart(name), module);

    /// <summary>Returns the module for all parts of a dotted name but the last. Groups are created if they do not exist.</summary>
    public static Module Owner(Module root, string name)
    {
        foreach (string level in name.Split('.')[..^1])
        {
            Module? next = root.named_children().FirstOrDefault(child => child.name == level).module;
            if (next is null)
                root.register_module(level, next = new ModuleGroup());
            root = next;
        }
        return root;
    }

    /// <summary>Returns the last part of a dotted name.</summary>
    public static string LastPart(string name) => name[(name.LastIndexOf('.') + 1)..];
}
