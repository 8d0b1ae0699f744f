using System.Text.Json.Nodes;
using Bert.MLNet.Tests.Docs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Bert.MLNet.Tests.Deployment;

/// <summary>A program that loads others from their own folders, with their own libraries.</summary>
internal static class Host
{
    private const string Code = """
        using System;
        using System.Reflection;
        using System.Runtime.Loader;

        new Plugin(args[0]).LoadFromAssemblyPath(args[0]).EntryPoint!.Invoke(null, [args[1..]]);

        class Plugin(string path) : AssemblyLoadContext(path)
        {
            private readonly AssemblyDependencyResolver _resolver = new(path);

            protected override Assembly? Load(AssemblyName name) =>
                _resolver.ResolveAssemblyToPath(name) is { } file ? LoadFromAssemblyPath(file) : null;

            protected override nint LoadUnmanagedDll(string name) =>
                _resolver.ResolveUnmanagedDllToPath(name) is { } file ? LoadUnmanagedDllFromPath(file) : 0;
        }
        """;

    /// <summary>Writes the program into a folder.</summary>
    /// <returns>Its path.</returns>
    public static string Write(string folder)
    {
        string file = Path.Combine(Directory.CreateDirectory(folder).FullName, "Host.dll");
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Host", [CSharpSyntaxTree.ParseText(Code)], SnippetCompiler.References.Value,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        using (FileStream image = File.Create(file))
            Assert.True(compilation.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        var framework = new JsonObject { ["name"] = "Microsoft.NETCore.App", ["version"] = Environment.Version.ToString(3) };
        File.WriteAllText(Path.ChangeExtension(file, ".runtimeconfig.json"),
            new JsonObject { ["runtimeOptions"] = new JsonObject { ["framework"] = framework } }.ToJsonString());
        return file;
    }
}
