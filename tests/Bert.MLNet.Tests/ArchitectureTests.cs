using System.Text.RegularExpressions;
using Mono.Cecil;

namespace Bert.MLNet.Tests;

/// <summary>The rooms of the library and the arrows between them, read off the compiled code.</summary>
public sealed partial class ArchitectureTests
{
    /// <summary>From the bottom up: a room may use those before it.</summary>
    private static readonly string[] Rooms = ["Persistence", "Hub", "Files", "DataViews", "Tokenization", "Models", "Encoding", "Pooling", "Training", "Tasks", "Catalog"];

    private static readonly Dictionary<string, string> RoomOfType = (
        from room in Rooms
        let folder = Path.Combine(Shared.Repository, "src", "Bert.MLNet", room)
        where Directory.Exists(folder)
        from file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        from Match type in TypeDeclaration().Matches(File.ReadAllText(file))
        select (Name: type.Groups[1].Value, room)).DistinctBy(t => t.Name).ToDictionary(t => t.Name, t => t.room);

    [Fact]
    public void Arrows_between_rooms_point_down_only() => Assert.Empty(
        from use in Uses()
        where RoomOf(use.To) is { } target && Array.IndexOf(Rooms, target) > Array.IndexOf(Rooms, use.Room)
        select $"{use.Room}: {use.From} uses {use.To.Name} of {RoomOf(use.To)}");

    [Theory]
    [InlineData("TorchSharp", "Training")]
    [InlineData("System.Net.Http", "Hub")]
    [InlineData("Polly.Core", "Hub")]
    [InlineData("Microsoft.ML.OnnxRuntime", "Encoding")]
    [InlineData("Google.Protobuf", "Encoding")]
    public void An_engine_is_named_in_one_room(string assembly, string room) => Assert.Empty(
        from use in Uses()
        where use.To.Scope.Name == assembly && use.Room != room
        select $"{use.Room}: {use.From} uses {use.To.FullName}");

    /// <summary>TorchSharp frees the number behind such an operation while it may still be read; TensorArithmetic does not.</summary>
    [Fact]
    public void Numbers_meet_tensors_in_one_place_that_keeps_them_alive() => Assert.Empty(
        from type in Library().GetTypes()
        where RoomOf(type) == "Training" && type.Name != "TensorArithmetic"
        from method in type.Methods.Where(method => method.HasBody)
        from call in method.Body.Instructions.Select(instruction => instruction.Operand).OfType<MethodReference>()
        where call.DeclaringType.FullName == "TorchSharp.Scalar"
            || call.DeclaringType.FullName.StartsWith("TorchSharp.torch", StringComparison.Ordinal)
            && (call.Name is "op_Addition" or "add" or "add_" or "square" || call.Parameters.Any(parameter => parameter.ParameterType.FullName == "TorchSharp.Scalar"))
        select $"{type.FullName}.{method.Name} uses {call.FullName}");

    /// <summary>What is left to the runtime takes all cores, whatever NumberOfThreads says.</summary>
    [Fact]
    public void Work_for_several_threads_says_how_many_they_may_be() => Assert.Empty(
        from module in new[] { Library(), ModuleDefinition.ReadModule(typeof(Bert.MLNet.Cli.Tool).Assembly.Location) }
        from type in module.GetTypes()
        from method in type.Methods.Where(method => method.HasBody)
        from call in method.Body.Instructions.Select(instruction => instruction.Operand).OfType<MethodReference>()
        where call.DeclaringType.FullName == "System.Linq.ParallelEnumerable"
            || call.DeclaringType.FullName == "System.Threading.Tasks.Parallel" && call.Parameters.All(parameter => parameter.ParameterType.Name != nameof(ParallelOptions))
        select $"{type.FullName}.{method.Name} uses {call.FullName}");

    [Fact]
    public void Every_type_lives_in_a_room() => Assert.Empty(
        from type in Library().GetTypes()
        where type.DeclaringType is null && type.Namespace.StartsWith("Bert.MLNet", StringComparison.Ordinal) && RoomOf(type) is null
        select type.FullName);

    private static IEnumerable<(string Room, string From, TypeReference To)> Uses() =>
        from type in Library().GetTypes()
        let room = RoomOf(type)
        where room is not null
        from reference in References(type).Distinct()
        select (room, type.FullName, reference.GetElementType());

    private static IEnumerable<TypeReference> References(TypeDefinition type)
    {
        IEnumerable<TypeReference?> direct = [type.BaseType, .. type.Interfaces.Select(i => i.InterfaceType), .. type.Fields.Select(f => f.FieldType)];
        IEnumerable<TypeReference?> methods =
            from method in type.Methods
            from reference in (IEnumerable<TypeReference?>)
            [
                method.ReturnType, .. method.Parameters.Select(p => p.ParameterType),
                .. method.HasBody ? method.Body.Variables.Select(v => v.VariableType) : [],
                .. method.HasBody ? method.Body.Instructions.Select(i => i.Operand switch
                {
                    TypeReference t => t,
                    MemberReference m => m.DeclaringType,
                    _ => null,
                }) : [],
            ]
            select reference;
        return direct.Concat(methods).OfType<TypeReference>().SelectMany(Parts);
    }

    /// <summary>A type with its element type and type arguments.</summary>
    private static IEnumerable<TypeReference> Parts(TypeReference type) => type is GenericInstanceType generic
        ? generic.GenericArguments.SelectMany(Parts).Append(generic.ElementType)
        : [type];

    private static string? RoomOf(TypeReference type)
    {
        while (type.DeclaringType is not null)
            type = type.DeclaringType;
        return type.Namespace.StartsWith("Bert.MLNet", StringComparison.Ordinal) ? RoomOfType.GetValueOrDefault(type.Name.Split('`')[0]) : null;
    }

    private static ModuleDefinition Library() => ModuleDefinition.ReadModule(typeof(BertModel).Assembly.Location);

    [GeneratedRegex(@"^\s*(?:public|internal|file)[\w\s]*?\s(?:class|struct|interface|enum|record|delegate [\w<>\[\]?]+)\s+(?:struct\s+|class\s+)?(\w+)", RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();
}
