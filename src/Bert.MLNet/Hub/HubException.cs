using System.Net;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Hub;

/// <summary>Why the hub gave nothing.</summary>
internal enum HubFault
{
    /// <summary>No connection, a cut one, or silence.</summary>
    Unreachable,

    /// <summary>It asks to come again later.</summary>
    Busy,

    /// <summary>The model is there, and has no such revision.</summary>
    NoRevision,

    /// <summary>It says no, and would again.</summary>
    Refused,

    /// <summary>It sends, but so little that it would not end.</summary>
    Slow,
}

/// <summary>The hub, or the network on the way to it, gave an error instead of a file; the message says what to do.</summary>
internal sealed class HubException(HubFault fault, string message, Exception? inner = null, HttpStatusCode? status = null) 
    : HttpRequestException(PrintableText.Of(message), inner, status)
{
    public HubFault Fault { get; } = fault;

    /// <summary>How long the hub asks to wait; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
