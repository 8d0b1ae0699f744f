using System.Reflection;

namespace Bert.MLNet.Cli;

/// <summary>The version of the tool, which equals that of the library, and the versions of other packages.</summary>
internal static class ToolVersion
{
    /// <summary>The package version, without the commit.</summary>
    public static string Current { get; } = Of(typeof(ToolVersion).Assembly);

    /// <summary>The version of an assembly's package, which can differ from the assembly version.</summary>
    public static string Of(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
