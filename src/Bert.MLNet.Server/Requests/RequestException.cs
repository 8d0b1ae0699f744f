using Microsoft.AspNetCore.Http;

namespace Bert.MLNet.Server.Requests;

/// <summary>Thrown for a request that is not answered as it asks.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="kind">The kind of error, as text-embeddings-inference names it.</param>
/// <param name="message">What is wrong and what to do, for the client.</param>
internal sealed class RequestException(int status, string kind, string message) : Exception(message)
{
    public int Status => status;

    public string Kind => kind;

    /// <summary>The field that is wrong, or null.</summary>
    public string? Field { get; init; }

    /// <summary>A name of the error for programs, as OpenAI's API has it, or null.</summary>
    public string? Code { get; init; }

    /// <summary>When to try again, or null.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static RequestException Invalid(string field, string message) =>
        new(StatusCodes.Status422UnprocessableEntity, "Validation", message) { Field = field };

    public static RequestException NotJson(string message) => new(StatusCodes.Status400BadRequest, "Validation", message);

    public static RequestException Empty(string field) =>
        new(StatusCodes.Status400BadRequest, "Empty", $"'{field}' is empty. Send at least one text.") { Field = field };

    public static RequestException TooLarge(string message, string? field = null) =>
        new(StatusCodes.Status413PayloadTooLarge, "Validation", message) { Field = field };

    public static RequestException TooSlow(string message) => new(StatusCodes.Status408RequestTimeout, "Validation", message);

    public static RequestException Overloaded(string message, TimeSpan retryAfter) =>
        new(StatusCodes.Status429TooManyRequests, "Overloaded", message) { RetryAfter = retryAfter, Code = "rate_limit_exceeded" };

    public static RequestException Unavailable(string message) =>
        new(StatusCodes.Status503ServiceUnavailable, "Unhealthy", message) { RetryAfter = TimeSpan.FromSeconds(1) };
}
