using System.Xml.Linq;
using Bert.MLNet.Training;

namespace Bert.MLNet.Cli.CodeGeneration;

/// <summary>The project file of generated code.</summary>
internal static class ProjectFile
{
    /// <summary>The version of libtorch that the library's TorchSharp needs.</summary>
    internal const string LibTorchVersion = TorchRuntime.LibTorchVersion;

    private static readonly string[] s_parts = ["consumption", "training", "evaluate"];

    private static readonly (string System, string Package)[] s_libTorch =
        [("Linux", "libtorch-cpu-linux-x64"), ("Windows", "libtorch-cpu-win-x64"), ("OSX", "libtorch-cpu-osx-arm64")];

    /// <param name="name">The name of the files.</param>
    /// <param name="rootNamespace">The namespace, and the name of the program.</param>
    /// <param name="library">Where Bert.MLNet is.</param>
    /// <param name="package">The package with which the code reads files.</param>
    /// <param name="hasReader">Whether there is a file of code that reads tables.</param>
    public static string Create(
        string name, string rootNamespace, LibraryReference library, (string Name, string Version)? package = null, bool hasReader = false)
    {
        string file = Escape(name);
        bool hasVersions = library.PackageVersions is not null;
        var project = new XElement("Project",
            new XComment($" Written by bert-mlnet {ToolVersion.Current}. It inherits nothing from parent folders, so that it builds in " +
                $"any location{(library.Project is null ? "" : $", with the library of the clone that generated it")}. "),
            new XElement("PropertyGroup",
                new XElement("ImportDirectoryBuildProps", "false"),
                new XElement("ImportDirectoryBuildTargets", "false"),
                hasVersions
                    ? new XElement("DirectoryPackagesPropsPath", Escape(library.PackageVersions!))
                    : new XElement("ImportDirectoryPackagesProps", "false"),
                new XElement("BaseIntermediateOutputPath", $"obj/{file}/"),
                new XElement("BaseOutputPath", $"bin/{file}/")),
            new XElement("Import", new XAttribute("Project", "Sdk.props"), new XAttribute("Sdk", "Microsoft.NET.Sdk")),
            new XElement("PropertyGroup",
                new XElement("OutputType", "Exe"),
                new XElement("TargetFramework", "net10.0"),
                new XElement("ImplicitUsings", "enable"),
                new XElement("Nullable", "enable"),
                new XElement("RootNamespace", rootNamespace),
                new XElement("AssemblyName", rootNamespace),
                new XElement("EnableDefaultItems", "false"),
                new XElement("SatelliteResourceLanguages", "en")),
            new XElement("ItemGroup",
                new XElement("Compile", new XAttribute(
                    "Include", string.Join(';',
                        s_parts.Concat(hasReader ? ["reader"] : Array.Empty<string>()).Select(part => $"{file}.{part}.cs")))),
                new XElement("Compile", new XAttribute("Include", file + ".program.cs"),
                    new XAttribute("Condition", $"'$({WebApiCode.Property})' != 'true'")),
                new XElement("Compile", new XAttribute("Include", file + WebApiCode.Ending),
                    new XAttribute("Condition", $"'$({WebApiCode.Property})' == 'true'")),
                new XElement("None", new XAttribute("Include", file + ".zip"), new XAttribute("CopyToOutputDirectory", "PreserveNewest"))),
            new XElement("ItemGroup", library.Project is { } path
                ? new XElement("ProjectReference", new XAttribute("Include", Escape(path)))
                : Package("Bert.MLNet", library.Version),
                package is { } read ? Package(read.Name, hasVersions ? null : read.Version) : null),
            new XElement("ItemGroup", new XAttribute("Condition", $"'$({WebApiCode.Property})' == 'true'"),
                new XElement("FrameworkReference", new XAttribute("Include", "Microsoft.AspNetCore.App"))),
            new XComment(" Training needs libtorch (0.7 GB); prediction does not. "),
            new XElement("ItemGroup", new XAttribute("Condition", "'$(Training)' == 'true'"), s_libTorch.Select(torch =>
            {
                XElement package = Package(torch.Package, hasVersions ? null : LibTorchVersion);
                package.Add(new XAttribute("Condition", $"$([MSBuild]::IsOSPlatform('{torch.System}'))"));
                return package;
            })),
            new XElement("Import", new XAttribute("Project", "Sdk.targets"), new XAttribute("Sdk", "Microsoft.NET.Sdk")));
        return project + "\n";
    }

    private static XElement Package(string name, string? version) =>
        new("PackageReference", new XAttribute("Include", name), version is null ? null : new XAttribute("Version", version));

    /// <summary>Escapes a path for MSBuild.</summary>
    private static string Escape(string path) => string.Concat(path.Select(c => "%$@'();?*".Contains(c) ? $"%{(int)c:X2}" : c.ToString()));
}
