using System.Reflection;
using System.Runtime.Loader;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Bert.MLNet.Testing;

/// <summary>
/// Microsoft.ML.TorchSharp in a form that works with a current TorchSharp. Its <c>ModelUtils</c> initializes weights and disposes of what
/// the functions of <c>torch.nn.init</c> return. With TorchSharp 0.102, for which it is built, that is one of several handles; since 0.104,
/// which keeps the parameters of modules in managed fields, it is the parameter itself. This class removes these calls, and nothing else,
/// from a copy in memory.
/// </summary>
internal sealed class RepairedTorchSharp : AssemblyLoadContext
{
    private const string PackageName = "Microsoft.ML.TorchSharp";

    private readonly string[] _against;

    /// <param name="against">Names of assemblies to load again, so that they use the copy.</param>
    public RepairedTorchSharp(params string[] against)
        : base(nameof(RepairedTorchSharp))
    {
        _against = against;
        Package = LoadFromAssemblyName(new AssemblyName(PackageName));
    }

    /// <summary>The copy.</summary>
    public Assembly Package { get; }

    protected override Assembly? Load(AssemblyName assemblyName) => assemblyName.Name switch
    {
        PackageName => LoadFromStream(Repair()),
        { } name when _against.Contains(name) => LoadFromAssemblyPath(PathOf(name)),
        _ => null,
    };

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, name + ".dll");

    private static MemoryStream Repair()
    {
        using ModuleDefinition module = ModuleDefinition.ReadModule(PathOf(PackageName));
        int repaired = 0;
        foreach (Instruction instruction in module.GetType($"{PackageName}.Utils.ModelUtils").Methods
            .Where(method => method.Name.StartsWith("Init", StringComparison.Ordinal)).SelectMany(method => method.Body.Instructions))
        {
            if (instruction.Operand is not MethodReference { Name: nameof(IDisposable.Dispose) })
                continue;
            (instruction.OpCode, instruction.Operand) = (OpCodes.Pop, null);
            repaired++;
        }
        if (repaired == 0)
            throw new InvalidOperationException($"{PackageName} does not dispose of its weights: use it without this repair.");
        var stream = new MemoryStream();
        module.Write(stream);
        stream.Position = 0;
        return stream;
    }
}
