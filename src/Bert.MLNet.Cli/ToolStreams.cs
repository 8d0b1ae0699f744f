namespace Bert.MLNet.Cli;

/// <summary>What a run of the tool reads from and writes to where no file is named.</summary>
/// <param name="In">Standard input.</param>
/// <param name="Out">Standard output: results alone.</param>
/// <param name="Error">Standard error: messages and progress.</param>
internal sealed record ToolStreams(Stream In, Stream Out, TextWriter Error);
