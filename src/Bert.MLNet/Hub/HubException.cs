using System.Net;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Hub;

/// <summary>The reasons for a failed request to the hub.</summary>
internal enum HubFault
{
    /// <summary>No connection, an interrupted connection, or silence.</summary>
    Unreachable,

    /// <summary>The hub asks to try again later.</summary>
    Busy,

    /// <summary>The model exists, but the revision does not.</summary>
    NoRevision,

    /// <summary>The hub refuses the request permanently.</summary>
    Refused,

    /// <summary>The hub sends data too slowly.</summary>
    Slow,
}

/// <summary>The exception for errors of the hub or the network; the message says what to do.</summary>
internal sealed class HubException(HubFault fault, string message, Exception? inner = null, HttpStatusCode? status = null) 
    : HttpRequestException(PrintableText.Of(message), inner, status)
{
    public HubFault Fault { get; } = fault;

    /// <summary>The time that the hub asks to wait, or null.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
