namespace Bert.MLNet.Cli;

/// <summary>The exception for options that cannot be combined; the message names them.</summary>
internal sealed class UsageException(string message) : Exception(message);
