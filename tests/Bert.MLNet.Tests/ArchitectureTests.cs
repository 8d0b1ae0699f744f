using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Bert.MLNet.Tests;

/// <summary>The rooms of the library and the arrows between them, read off the compiled code.</summary>
public sealed partial class ArchitectureTests
{
    /// <summary>From the bottom up: a room may use those before it. Folders that are not named belong to the room above them.</summary>
    private static readonly string[] Rooms =
    [
        "Evaluation", "Persistence/Internals", "Persistence/Files", "Persistence/Zip", "Hub", "Files",
        "DataViews/Columns", "DataViews/Onnx", "DataViews/Batching", "DataViews", "Predictors", "Tokenization", "Models",
        "Tokenization/Step",
        "Encoding", "Generation", "Attention", "Pooling", "Embedding",
        "Training/Native", "Training/Batches", "Training/Modules", "Training/Objectives", "Training/Optimization", "Training",
        "Tasks", "Tasks/Translation", "Tasks/FineTuning", "Tasks/Summarization",
        "Tasks/FillMask", "Tasks/QuestionAnswering", "Tasks/Retrieval", "Tasks/SentenceSimilarity",
        "Tasks/SentenceEmbedding", "Tasks/TextClassification", "Tasks/TokenClassification", "Tasks/ZeroShot", "Tasks/Explanation",
        "Tasks/SequenceToSequence",
        "Catalog", "Experiments",
    ];

    private static readonly Dictionary<string, string> RoomOfType = (
        from room in Rooms.OrderByDescending(room => room.Length)
        let folder = Path.Combine(Shared.Repository, "src", "Bert.MLNet", room)
        from file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        from Match type in TypeDeclaration().Matches(File.ReadAllText(file))
        select (Name: type.Groups[1].Value, room)).DistinctBy(t => t.Name).ToDictionary(t => t.Name, t => t.room);

    [Fact]
    public void Every_folder_of_a_divided_room_has_its_place() => Assert.Empty(
        from room in Rooms
        let top = room.Split('/')[0]
        where top != room && Array.IndexOf(Whole, top) < 0
        from folder in Directory.EnumerateDirectories(Path.Combine(Shared.Repository, "src", "Bert.MLNet", top))
        let name = $"{top}/{Path.GetFileName(folder)}"
        where !Rooms.Contains(name)
        select name);

    /// <summary>Rooms whose other folders use each other: a tokenizer is what its parts make it, as a model is.</summary>
    private static readonly string[] Whole = ["Tokenization", "Models"];

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
    [InlineData("MathNet.Numerics", "Models")]
    public void An_engine_is_named_in_one_room(string assembly, string room) => Assert.Empty(
        from use in Uses()
        where use.To.Scope.Name == assembly && use.Room.Split('/')[0] != room
        select $"{use.Room}: {use.From} uses {use.To.FullName}");

    /// <summary>TorchSharp frees the number behind such an operation while it may still be read; TensorArithmetic does not.</summary>
    [Fact]
    public void Numbers_meet_tensors_in_one_place_that_keeps_them_alive() => Assert.Empty(
        from type in Library().GetTypes()
        where RoomOf(type)?.StartsWith("Training", StringComparison.Ordinal) == true && type.Name != "TensorArithmetic"
        from method in type.Methods.Where(method => method.HasBody)
        from call in method.Body.Instructions.Select(instruction => instruction.Operand).OfType<MethodReference>()
        where call.DeclaringType.FullName == "TorchSharp.Scalar"
            || call.DeclaringType.FullName.StartsWith("TorchSharp.torch", StringComparison.Ordinal)
            && (call.Name is "op_Addition" or "add" or "add_" or "square"
                || call.Parameters.Any(parameter => parameter.ParameterType.FullName == "TorchSharp.Scalar"))
        select $"{type.FullName}.{method.Name} uses {call.FullName}");

    /// <summary>What is left to the runtime takes all cores, whatever NumberOfThreads says.</summary>
    [Fact]
    public void Work_for_several_threads_says_how_many_they_may_be() => Assert.Empty(
        from module in new[] { Library(), ModuleDefinition.ReadModule(typeof(Bert.MLNet.Cli.Tool).Assembly.Location) }
        from type in module.GetTypes()
        from method in type.Methods.Where(method => method.HasBody)
        from call in method.Body.Instructions.Select(instruction => instruction.Operand).OfType<MethodReference>()
        where call.DeclaringType.FullName == "System.Linq.ParallelEnumerable"
            || call.DeclaringType.FullName == "System.Threading.Tasks.Parallel"
                && call.Parameters.All(parameter => parameter.ParameterType.Name != nameof(ParallelOptions))
        select $"{type.FullName}.{method.Name} uses {call.FullName}");

    [Fact]
    public void Every_type_lives_in_a_room() => Assert.Empty(
        from type in Library().GetTypes()
        where type.DeclaringType is null && type.Namespace.StartsWith("Bert.MLNet", StringComparison.Ordinal) && RoomOf(type) is null
        select type.FullName);

    /// <summary>
    /// A Lazy keeps the first failure forever, also where the cause has gone, unless its mode is PublicationOnly; LazyInitializer tries
    /// again.
    /// </summary>
    [Fact]
    public void No_failure_is_kept() => Assert.Empty(
        from assembly in Packed
        from type in assembly.MainModule.GetTypes()
        from method in type.Methods.Where(method => method.HasBody)
        from instruction in method.Body.Instructions
        where instruction.Operand is MethodReference { Name: ".ctor" } constructor
            && constructor.DeclaringType.GetElementType().FullName == "System.Lazy`1"
            && !(constructor.Parameters[^1].ParameterType.Name == nameof(LazyThreadSafetyMode)
                && instruction.Previous.OpCode == OpCodes.Ldc_I4_1)
        select type.FullName);

    /// <summary>
    /// Versions that are pinned centrally do not travel with a project reference; those of a project's own references do.
    /// </summary>
    [Theory, MemberData(nameof(PackedNames))]
    public void A_project_references_the_packages_of_all_types_that_it_uses(string name)
    {
        string file = Path.Combine(Shared.Repository, "src", name, name + ".csproj");
        HashSet<string> referenced =
            [.. XDocument.Load(file).Descendants("PackageReference").Select(package => (string)package.Attribute("Include")!)];
        using JsonDocument deployed =
            JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Bert.MLNet.Tests.deps.json")));
        Dictionary<string, string> packages = (
            from library in deployed.RootElement.GetProperty("targets").EnumerateObject().First().Value.EnumerateObject()
            where library.Value.TryGetProperty("runtime", out _)
            from assembly in library.Value.GetProperty("runtime").EnumerateObject()
            select (Assembly: Path.GetFileNameWithoutExtension(assembly.Name), Package: library.Name.Split('/')[0]))
                .DistinctBy(pair => pair.Assembly).ToDictionary();

        string[] used = [.. Packed.Single(assembly => assembly.Name.Name == name)
            .MainModule.AssemblyReferences.Select(reference => reference.Name).Where(packages.ContainsKey)];
        Assert.NotEmpty(used);
        Assert.Empty(used.Select(assembly => packages[assembly]).Except([.. referenced, .. PackedNames.Select(packed => packed.Data)]));
    }

    /// <summary>
    /// Processes and whatever else is waited for is waited for by <see cref="ChildProcess"/> and <see cref="Patience"/>, which lose their
    /// patience some day.
    /// </summary>
    [Fact]
    public void No_test_waits_without_a_limit() => Assert.Empty(
        from file in Directory.EnumerateFiles(
            Path.Combine(Shared.Repository, "tests", "Bert.MLNet.Tests"), "*.cs", SearchOption.AllDirectories)
        where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            && Path.GetFileName(file) is not ("ChildProcess.cs" or "Patience.cs" or "ArchitectureTests.cs")
        from Match wait in UnlimitedWait().Matches(File.ReadAllText(file))
        select $"{Path.GetFileName(file)}: {wait.Value}");

    public static TheoryData<string> PackedNames => ["Bert.MLNet", "Bert.MLNet.Extensions.AI", "Bert.MLNet.Server", "Bert.MLNet.Cli"];

    private static IEnumerable<AssemblyDefinition> Packed =>
        PackedNames.Select(name => AssemblyDefinition.ReadAssembly(Path.Combine(AppContext.BaseDirectory, name.Data + ".dll")));

    [GeneratedRegex(@"(?<!\w)Process\.Start\(|\.WaitForExit(Async)?\(|\.(Wait|WaitOne|Join|SignalAndWait)\(\)|SpinUntil\(")]
    private static partial Regex UnlimitedWait();

    private static IEnumerable<(string Room, string From, TypeReference To)> Uses() =>
        from type in Library().GetTypes()
        let room = RoomOf(type)
        where room is not null
        from reference in References(type).Distinct()
        select (room, type.FullName, reference.GetElementType());

    private static IEnumerable<TypeReference> References(TypeDefinition type)
    {
        IEnumerable<TypeReference?> direct =
            [type.BaseType, .. type.Interfaces.Select(i => i.InterfaceType), .. type.Fields.Select(f => f.FieldType)];
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
        return type.Namespace.StartsWith("Bert.MLNet", StringComparison.Ordinal)
            ? RoomOfType.GetValueOrDefault(type.Name.Split('`')[0])
            : null;
    }

    private static ModuleDefinition Library() => ModuleDefinition.ReadModule(typeof(BertModel).Assembly.Location);

    [GeneratedRegex(
        @"^\s*(?:public|internal|file)[\w\s]*?\s(?:class|struct|interface|enum|record|delegate [\w<>\[\]?]+)\s+" +
        @"(?:struct\s+|class\s+)?(\w+)",
        RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();
}
