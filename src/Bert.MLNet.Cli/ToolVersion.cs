using System.Reflection;

namespace Bert.MLNet.Cli;

/// <summary>The version of the tool, which is that of the library, and of others.</summary>
internal static class ToolVersion
{
    /// <summary>The version as packages have it, without the commit.</summary>
    public static string Current { get; } = Of(typeof(ToolVersion).Assembly);

    /// <summary>The version of the package that an assembly comes from; its own may be another.</summary>
    public static string Of(Assembly assembly) => assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
