using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bert.MLNet.Tests.Hub;

/// <summary>What the hub or its storage was asked.</summary>
internal sealed record HubRequest(string Host, string Method, string Path, string? Token, string? Range);

/// <summary>
/// Plays the hub and, at another address, the storage that it redirects to for large files; does wrong what a test asks for.
/// </summary>
internal sealed class HubServer : IAsyncDisposable
{
    private readonly WebApplication _hub, _storage;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Func<HttpContext, byte[], Task>>> _faults = new();
    private readonly ConcurrentQueue<HubRequest> _requests = new();

    private HubServer()
    {
        _hub = Create(AnswerAsync);
        _storage = Create(StoreAsync);
    }

    /// <summary>Repositories by their names.</summary>
    public Dictionary<string, ServedModel> Models { get; } = [];

    /// <summary>Old names of repositories, and what they are called now.</summary>
    public Dictionary<string, string> Renamed { get; } = [];

    public string Endpoint => _hub.Urls.First();

    public IReadOnlyList<HubRequest> Requests => [.. _requests];

    /// <summary>The paths of files whose bytes were asked for, one for each request.</summary>
    public IEnumerable<string> FilesServed =>
        Requests.Where(request => request.Method == "GET" && request.Path.Contains("/resolve/", StringComparison.Ordinal))
        .Select(request => request.Path[(request.Path.IndexOf("/resolve/", StringComparison.Ordinal) + "/resolve/".Length + 41)..]);

    /// <summary>What a request for the bytes of that file, or <c>listing</c>, gets instead: each once, in this order.</summary>
    public void Fail(string path, params ReadOnlySpan<Func<HttpContext, byte[], Task>> faults)
    {
        foreach (Func<HttpContext, byte[], Task> fault in faults)
            _faults.GetOrAdd(path, _ => new()).Enqueue(fault);
    }

    public static async Task<HubServer> StartAsync()
    {
        var server = new HubServer();
        await server._hub.StartAsync();
        await server._storage.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        await _storage.DisposeAsync();
    }

    /// <summary>An answer without content.</summary>
    public static Func<HttpContext, byte[], Task> Status(int status, params (string Name, string Value)[] headers) => (context, _) =>
    {
        context.Response.StatusCode = status;
        foreach ((string name, string value) in headers)
            context.Response.Headers[name] = value;
        return Task.CompletedTask;
    };

    /// <summary>Other bytes than the file's.</summary>
    public static Func<HttpContext, byte[], Task> Bytes(byte[] other) => (context, _) => SendAsync(context, other);

    /// <summary>All of the file, whatever was asked for.</summary>
    public static Func<HttpContext, byte[], Task> IgnoreRange => (context, content) =>
    {
        context.Request.Headers.Remove("Range");
        return SendAsync(context, content);
    };

    /// <summary>So many bytes of what was asked for, and then what is given.</summary>
    public static Func<HttpContext, byte[], Task> Then(int bytes, Func<HttpContext, Task> then) => async (context, content) =>
    {
        (int from, byte[] rest) = Begin(context, content);
        await context.Response.Body.WriteAsync(rest.AsMemory(from, bytes));
        await context.Response.Body.FlushAsync();
        await then(context);
    };

    /// <summary>The bytes, or those from a place on.</summary>
    public static async Task SendAsync(HttpContext context, byte[] content)
    {
        (int from, byte[] rest) = Begin(context, content);
        await context.Response.Body.WriteAsync(rest.AsMemory(from));
    }

    private static (int From, byte[] Content) Begin(HttpContext context, byte[] content)
    {
        int from = 0;
        if (context.Request.Headers.Range.ToString() is { Length: > 0 } range)
        {
            from = int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture);
            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            context.Response.Headers.ContentRange = $"bytes {from}-{content.Length - 1}/{content.Length}";
        }
        context.Response.ContentLength = content.Length - from;
        return (from, content);
    }

    private WebApplication Create(Func<HttpContext, Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        WebApplication application = builder.Build();
        application.Run(async context =>
        {
            HttpRequest request = context.Request;
            _requests.Enqueue(new HubRequest(
                context.Request.Host.Value == new Uri(_hub!.Urls.First()).Authority ? "hub" : "storage", request.Method, request.Path,
                request.Headers.Authorization.ToString() is { Length: > 0 } token ? token : null,
                request.Headers.Range.ToString() is { Length: > 0 } range ? range : null));
            await answer(context);
        });
        return application;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        string[] parts = context.Request.Path.Value!.Trim('/').Split('/');
        bool api = parts[0] == "api";
        string id = api ? string.Join('/', parts[2..4]) : string.Join('/', parts[..2]);
        if (Renamed.TryGetValue(id, out string? name))
        {
            await Status(307, ("Location", context.Request.Path.Value!.Replace(id, name, StringComparison.Ordinal) +
                context.Request.QueryString))(context, []);
            return;
        }
        if (!Models.TryGetValue(id, out ServedModel? model) || (model.Token is not null && !model.IsGated && Token(context) != model.Token))
        {
            await Status(Token(context) is null ? 401 : 404, ("X-Error-Code", "RepoNotFound"))(context, []);
            return;
        }
        if (api)
        {
            string revision = parts[5];
            if (revision != "main" && Uri.UnescapeDataString(revision) != "refs/pr/7" && revision != model.Commit)
                await Status(404, ("X-Error-Code", "RevisionNotFound"))(context, []);
            else
                await ServeAsync(context, "listing", System.Text.Encoding.UTF8.GetBytes(model.Listing().ToJsonString()));
            return;
        }
        string path = string.Join('/', parts[4..]);
        context.Response.Headers["X-Repo-Commit"] = model.Commit;
        if (model.IsGated && Token(context) != model.Token)
            await Status(Token(context) is null ? 401 : 403, ("X-Error-Code", "GatedRepo"))(context, []);
        else if ((parts[3] != "main" && parts[3] != model.Commit) || !model.Files.TryGetValue(path, out byte[]? content))
            await Status(404, ("X-Error-Code", "EntryNotFound"))(context, []);
        else if (ServedModel.IsLarge(path))
        {
            context.Response.Headers["X-Linked-Etag"] = $"\"{model.Etag(path)}\"";
            context.Response.Headers["X-Linked-Size"] = content.Length.ToString(CultureInfo.InvariantCulture);
            await Status(302, ("Location", $"{_storage.Urls.First()}/{id}/{path}?signature=x"))(context, []);
        }
        else
        {
            context.Response.Headers.ETag = $"\"{model.Etag(path)}\"";
            await ServeAsync(context, path, content);
        }
    }

    private Task StoreAsync(HttpContext context)
    {
        string[] parts = context.Request.Path.Value!.Trim('/').Split('/');
        string path = string.Join('/', parts[2..]);
        return ServeAsync(context, path, Models[string.Join('/', parts[..2])].Files[path]);
    }

    private Task ServeAsync(HttpContext context, string path, byte[] content)
    {
        if (context.Request.Method == "HEAD")
        {
            context.Response.ContentLength = content.Length;
            return Task.CompletedTask;
        }
        return _faults.TryGetValue(path, out var faults) && faults.TryDequeue(out var fault)
            ? fault(context, content)
            : SendAsync(context, content);
    }

    private static string? Token(HttpContext context) =>
        context.Request.Headers.Authorization.ToString() is { Length: > 0 } value ? value["Bearer ".Length..] : null;
}
