namespace Bert.MLNet.Benchmarks;

/// <summary>One way to do the work that is measured.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Threads">Threads that it computes with.</param>
/// <param name="Embed">Turns texts into their vectors.</param>
internal sealed record Contender(string Name, int Threads, Func<IReadOnlyList<string>, float[][]> Embed);
