namespace Bert.MLNet.Tests.Mutants;

/// <summary>A kind of file that the library opens.</summary>
/// <param name="Name">What failures call it.</param>
/// <param name="Content">A whole file of the kind.</param>
/// <param name="IsText">Whether it is text.</param>
/// <param name="Use">Opens a file of these bytes among whole ones, and computes with it.</param>
/// <param name="Files">The names of which an error must have one.</param>
internal sealed record MutantKind(string Name, byte[] Content, bool IsText, Action<byte[]> Use, params IReadOnlyList<string> Files);
