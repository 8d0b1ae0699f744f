using System.Reflection;

namespace Bert.MLNet.Cli;

/// <summary>The version of the tool, which is that of the library.</summary>
internal static class ToolVersion
{
    /// <summary>The version as packages have it, without the commit.</summary>
    public static string Current { get; } = typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
