using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Bert.MLNet.Server.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;

namespace Bert.MLNet.Server.Routes;

/// <summary>Maps the routes of one API.</summary>
/// <param name="routes">Receives the routes.</param>
/// <param name="handler">Does what is the same for all requests.</param>
/// <param name="errors">The API's form of errors.</param>
internal sealed class ApiRoutes(IEndpointRouteBuilder routes, RequestHandler handler, ErrorFormat errors)
{
    private const string Json = "application/json";

    /// <summary>Maps a route whose requests have a body.</summary>
    /// <param name="route">The pattern of the route, its summary and example, for OpenAPI.</param>
    /// <param name="requestType">How the body is read.</param>
    /// <param name="responseType">How the answer is written.</param>
    /// <param name="answer">Computes the answer.</param>
    public void Post<TRequest, TResponse>(
        RouteText route, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TResponse> responseType,
        Func<TRequest, RequestScope, Task<TResponse>> answer)
    {
        Func<HttpContext, Task<IResult>> handle = context => handler.AnswerAsync(
            context, errors, requestType, async (request, scope) => Results.Json(await answer(request, scope), responseType));
        Describe(routes.MapPost(route.Pattern, handle), route, typeof(TRequest)).Produces<TResponse>();
    }

    /// <summary>Maps a route whose requests have no body.</summary>
    /// <param name="route">The pattern of the route and its summary.</param>
    /// <param name="responseType">How the answer is written.</param>
    /// <param name="answer">Computes the answer.</param>
    public void Get<TResponse>(
        RouteText route, JsonTypeInfo<TResponse> responseType, Func<HttpContext, RequestScope, TResponse> answer)
    {
        Func<HttpContext, Task<IResult>> handle = context => handler.AnswerAsync(
            context, errors, scope => Task.FromResult(Results.Json(answer(context, scope), responseType)));
        Describe(routes.MapGet(route.Pattern, handle), route, null).Produces<TResponse>();
    }

    /// <summary>Maps the route that says whether the server accepts requests. It needs no key.</summary>
    public void Health(RouteText route) => Describe(
        routes.MapGet(route.Pattern, () => handler.IsStopping ? Results.StatusCode(StatusCodes.Status503ServiceUnavailable) : Results.Ok()),
        route, null);

    // Without metadata about the body, which would make ASP.NET refuse other types before the API's form of errors applies.
    private static RouteHandlerBuilder Describe(RouteHandlerBuilder builder, RouteText route, Type? body) =>
        builder.WithSummary(route.Summary).AddOpenApiOperationTransformer(async (operation, context, cancellationToken) =>
        {
            if (body is null)
                return;
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [Json] = new()
                    {
                        Schema = await context.GetOrCreateSchemaAsync(body, null, cancellationToken),
                        Example = JsonNode.Parse(route.Example!),
                    },
                },
            };
        });
}

/// <summary>A route and its description.</summary>
/// <param name="Pattern">The route.</param>
/// <param name="Summary">What it does.</param>
/// <param name="Example">The body of an example, or null.</param>
internal sealed record RouteText(string Pattern, string Summary, string? Example = null);
