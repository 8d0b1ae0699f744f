namespace Bert.MLNet.Cli;

/// <summary>The exit codes of the tool, documented in docs/cli.md.</summary>
internal static class ExitCode
{
    /// <summary>Success.</summary>
    public const int Success = 0;

    /// <summary>An error in the data, a model or a file.</summary>
    public const int Failure = 1;

    /// <summary>An error in the command line.</summary>
    public const int Usage = 2;

    /// <summary>Ended by Ctrl-C, as shells number it.</summary>
    public const int Cancelled = 130;
}
