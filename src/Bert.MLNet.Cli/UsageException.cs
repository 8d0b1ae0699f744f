namespace Bert.MLNet.Cli;

/// <summary>Options that do not go together; the message names them.</summary>
internal sealed class UsageException(string message) : Exception(message);
