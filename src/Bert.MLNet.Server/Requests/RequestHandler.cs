using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Bert.MLNet.Server.Models;
using Bert.MLNet.Server.Scheduling;
using Bert.MLNet.Server.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Bert.MLNet.Server.Requests;

/// <summary>Does for every request what is the same for all: key, limits, time, errors. Thread-safe.</summary>
internal sealed partial class RequestHandler(
    ModelRegistry models, BatchScheduler scheduler, ApiKeyCheck keys, IOptions<BertServerOptions> options, TimeProvider clock,
    ServerMetrics metrics, IHostApplicationLifetime lifetime, ILogger<RequestHandler> logger)
{
    private readonly BertServerOptions _options = options.Value;

    /// <summary>Whether the server is stopping, and new requests should go elsewhere.</summary>
    public bool IsStopping => lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Answers a request whose body is JSON.</summary>
    public Task<IResult> AnswerAsync<TRequest>(
        HttpContext context, ErrorFormat errors, JsonTypeInfo<TRequest> type, Func<TRequest, RequestScope, Task<IResult>> answer) =>
        AnswerAsync(context, errors, async scope =>
        {
            scheduler.ThrowIfFull();
            return await answer(await ReadAsync(context, type, scope.CancellationToken), scope);
        });

    /// <summary>Answers a request without a body.</summary>
    public async Task<IResult> AnswerAsync(HttpContext context, ErrorFormat errors, Func<RequestScope, Task<IResult>> answer)
    {
        using var time = new CancellationTokenSource(_options.RequestTimeout, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, time.Token);
        try
        {
            keys.Check(context.Request);
            return await answer(new RequestScope(models, _options, end.Token));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return Results.StatusCode(StatusCodes.Status499ClientClosedRequest); // nobody reads it
        }
        catch (Exception failure)
        {
            RequestException error = ErrorOf(failure, context);
            metrics.Rejected(error.Status);
            return errors.Write(error, context.Response);
        }
    }

    private async Task<TRequest> ReadAsync<TRequest>(HttpContext context, JsonTypeInfo<TRequest> type, CancellationToken cancellationToken)
    {
        HttpRequest request = context.Request;
        if (!request.HasJsonContentType())
            throw new RequestException(StatusCodes.Status415UnsupportedMediaType, "Validation",
                "The body must be JSON. Send 'Content-Type: application/json'.");
        if (request.ContentLength > _options.MaxBodyBytes)
            throw BodyTooLarge();
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = _options.MaxBodyBytes;
        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, type, cancellationToken)
                ?? throw RequestException.NotJson("The body is null. Send a JSON object.");
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw BodyTooSlow(context.Response);
        }
        catch (BadHttpRequestException slow) when (slow.StatusCode == StatusCodes.Status408RequestTimeout) // ASP.NET's own limit
        {
            throw BodyTooSlow(context.Response);
        }
    }

    /// <summary>Returns what a client learns about a failure. The log learns the kind of a failure, but no message, which may have texts.
    /// </summary>
    private RequestException ErrorOf(Exception failure, HttpContext context)
    {
        switch (failure)
        {
            case RequestException error:
                return error;
            case QueueFullException full:
                return RequestException.Overloaded(full.Message, full.RetryAfter);
            case OperationCanceledException:
                return RequestException.Unavailable($"The request took longer than {_options.RequestTimeout.TotalSeconds} s. Try again " +
                    "later, or send fewer texts.");
            case JsonException json:
                return RequestException.NotJson(json.Message);
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return BodyTooLarge();
            case BadHttpRequestException bad:
                return new RequestException(bad.StatusCode, "Validation", bad.Message);
            default:
                LogFailure(context.Request.Path, failure.GetType().Name);
                return new RequestException(StatusCodes.Status424FailedDependency, "Backend", "The model could not compute the request.");
        }
    }

    private RequestException BodyTooSlow(HttpResponse response)
    {
        response.Headers.Connection = "close"; // the rest of the body is not read
        return RequestException.TooSlow(
            $"The body did not arrive in time. Send it at once, within {_options.RequestTimeout.TotalSeconds} s.");
    }

    private RequestException BodyTooLarge() => RequestException.TooLarge(
        $"The body is larger than the {_options.MaxBodyBytes} bytes that this server reads. Send several requests.");

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} failed with {Failure}.")]
    private partial void LogFailure(string path, string failure);
}
