using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Bert.MLNet.Cli.Serving;

/// <summary>The application that <c>serve</c> runs: the server's endpoints, its description, its metrics and traces.</summary>
internal static class ServerApplication
{
    /// <summary>The environment variable with the address to which OpenTelemetry's exporter sends metrics and traces.</summary>
    private const string CollectorVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>The time that requests have beyond their own limit when the server stops.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);

    /// <param name="url">The address to listen on.</param>
    /// <param name="origins">The sites whose pages may call the server; empty for none.</param>
    /// <param name="options">The models and limits.</param>
    /// <param name="logs">Receives the log.</param>
    public static WebApplication Create(string url, string[] origins, Action<BertServerOptions> options, ILoggerProvider logs)
    {
        // Settings come from the command line: a file in the current folder must not change them.
        WebApplicationBuilder builder =
            WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls(url);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.ClearProviders().AddProvider(logs);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Information);
        builder.Services.AddBert(options);
        builder.Services.AddOpenApi();
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.WithOrigins(origins).AllowAnyHeader().AllowAnyMethod()));
        var limits = new BertServerOptions();
        options(limits);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = limits.RequestTimeout + s_grace);
        AddTelemetry(builder.Services);

        WebApplication app = builder.Build();
        if (origins.Length > 0)
            app.UseCors();
        app.MapOpenApi();
        app.MapPrometheusScrapingEndpoint();
        app.MapBert();
        app.MapBertPlayground();
        return app;
    }

    private static void AddTelemetry(IServiceCollection services)
    {
        OpenTelemetryBuilder telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("bert-mlnet", serviceVersion: ToolVersion.Current))
            .WithMetrics(metrics => metrics
                .AddMeter(BertServerTelemetry.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
                .AddPrometheusExporter())
            .WithTracing(traces => traces.AddSource(BertServerTelemetry.Name, "Microsoft.AspNetCore"));
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(CollectorVariable)))
            telemetry.UseOtlpExporter();
    }
}
