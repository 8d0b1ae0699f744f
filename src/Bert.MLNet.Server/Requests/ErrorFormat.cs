using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Bert.MLNet.Server.Requests;

/// <summary>How an API answers a request that it does not fulfil.</summary>
/// <param name="write">Creates the answer of an error.</param>
internal sealed class ErrorFormat(Func<RequestException, IResult> write)
{
    /// <summary>The form of text-embeddings-inference.</summary>
    public static ErrorFormat Inference { get; } = new(error =>
        Json(error, new InferenceError(error.Message, error.Kind), ServerJson.Default.InferenceError));

    /// <summary>The form of OpenAI's API.</summary>
    public static ErrorFormat OpenAI { get; } = new(error => Json(
        error,
        new OpenAIError(new(error.Message, error.Status < 500 ? "invalid_request_error" : "server_error", error.Field, error.Code)),
        ServerJson.Default.OpenAIError));

    /// <summary>Answers with an error.</summary>
    public IResult Write(RequestException error, HttpResponse response)
    {
        if (error.RetryAfter is { } delay)
            response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(delay.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        if (error.Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";
        return write(error);
    }

    private static IResult Json<T>(RequestException error, T body, JsonTypeInfo<T> type) =>
        Results.Json(body, type, statusCode: error.Status);
}
