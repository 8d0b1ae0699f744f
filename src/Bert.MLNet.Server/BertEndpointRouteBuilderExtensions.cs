using System.Diagnostics.CodeAnalysis;
using Bert.MLNet.Server.Requests;
using Bert.MLNet.Server.Routes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Extension methods that map the endpoints of a server of BERT models.</summary>
public static class BertEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the endpoints for the models of <c>services.AddBert(…)</c>: those of text-embeddings-inference, of OpenAI's API, and of other
    /// tasks.
    /// </summary>
    /// <param name="endpoints">The application, or a part of its routes.</param>
    /// <param name="prefix">The beginning of all routes, such as <c>/bert</c>. Default: none.</param>
    /// <returns>The group of all endpoints, for example to require authorization or a CORS policy, which is off by default.</returns>
    /// <exception cref="InvalidOperationException"><c>AddBert</c> was not called.</exception>
    public static RouteGroupBuilder MapBert(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        RequestHandler handler = endpoints.ServiceProvider.GetService<RequestHandler>() ?? throw new InvalidOperationException(
            $"The services of the server are missing. Call builder.Services.{nameof(BertServerServiceCollectionExtensions.AddBert)}(…).");
        RouteGroupBuilder group = endpoints.MapGroup(prefix);
        InferenceRoutes.Map(new ApiRoutes(group, handler, ErrorFormat.Inference));
        TokenRoutes.Map(new ApiRoutes(group, handler, ErrorFormat.Inference));
        TaskRoutes.Map(new ApiRoutes(group, handler, ErrorFormat.Inference));
        AttentionRoutes.Map(new ApiRoutes(group, handler, ErrorFormat.Inference));
        StatusRoutes.Map(new ApiRoutes(group, handler, ErrorFormat.Inference));
        OpenAIRoutes.Map(new ApiRoutes(group, handler, ErrorFormat.OpenAI));
        return group;
    }

    /// <summary>
    /// Maps a page on which people try the models in a browser. It calls the endpoints of <see cref="MapBert"/> with the same prefix, and
    /// loads nothing from elsewhere.
    /// </summary>
    /// <param name="endpoints">The application, or a part of its routes.</param>
    /// <param name="prefix">The prefix of <see cref="MapBert"/>. Default: none.</param>
    /// <returns>The group of the page and its files.</returns>
    public static RouteGroupBuilder MapBertPlayground(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        RouteGroupBuilder group = endpoints.MapGroup(prefix);
        PlaygroundRoutes.Map(group);
        return group;
    }
}
