using System.Reflection;

namespace Bert.MLNet.Benchmarks;

/// <summary>A package that turns texts into vectors, in one of the ways in which it can be called.</summary>
/// <param name="Contender">The way.</param>
/// <param name="Assembly">The assembly whose version the table tells.</param>
/// <param name="Tokens">What its tokenizer makes of a text, with [CLS] and [SEP].</param>
internal sealed record Library(Contender Contender, Assembly Assembly, Func<string, int[]> Tokens)
{
    /// <summary>Texts that a library is given at once where it leaves their number to the caller.</summary>
    public const int Batch = 32;

    /// <summary>The name and the version of the package.</summary>
    public string Package
    {
        get
        {
            string? version = Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
            return $"{Assembly.GetName().Name} {version ?? Assembly.GetName().Version?.ToString()}";
        }
    }
}
