using Bert.MLNet;
using Bert.MLNet.Server.Models;
using Bert.MLNet.Server.Requests;
using Bert.MLNet.Server.Scheduling;
using Bert.MLNet.Server.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that add a server of BERT models to an application's services.</summary>
public static class BertServerServiceCollectionExtensions
{
    /// <summary>
    /// Adds the models, the queue and the limits of the endpoints that <c>app.MapBert()</c> maps. The models are opened when the
    /// application starts, before it accepts requests, and disposed of with the services.
    /// </summary>
    /// <param name="services">The service collection.</param>
    /// <param name="configure">Adds the models and sets the limits.</param>
    /// <remarks>
    /// An option that is not valid, or a model that cannot be opened, stops the start with a message that names it. When the application
    /// stops, requests that were accepted are answered first.
    /// </remarks>
    public static IServiceCollection AddBert(this IServiceCollection services, Action<BertServerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddMetrics();
        services.AddOptions<BertServerOptions>().Configure(configure);
        services.TryAddSingleton<IValidateOptions<BertServerOptions>, ServerOptionsValidation>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ServerMetrics>();
        services.TryAddSingleton(provider =>
        {
            BertServerOptions options = provider.GetRequiredService<IOptions<BertServerOptions>>().Value;
            return new BatchScheduler(options.Queue, options.Workers,
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ServerMetrics>());
        });
        services.TryAddSingleton<ModelRegistry>();
        services.TryAddSingleton<ApiKeyCheck>();
        services.TryAddSingleton<RequestHandler>();
        services.AddHostedService(provider => provider.GetRequiredService<ModelRegistry>());
        return services;
    }
}
