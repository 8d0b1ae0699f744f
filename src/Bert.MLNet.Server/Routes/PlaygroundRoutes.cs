using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Bert.MLNet.Server.Routes;

/// <summary>The page on which models are tried. It consists of three files that the assembly contains, and loads nothing else.</summary>
internal static class PlaygroundRoutes
{
    private static readonly (string File, string Type)[] s_files =
    [
        ("playground.html", "text/html; charset=utf-8"), ("playground.css", "text/css; charset=utf-8"),
        ("playground.js", "text/javascript; charset=utf-8"),
    ];

    private static readonly ConcurrentDictionary<string, byte[]> s_contents = [];

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach ((string file, string type) in s_files)
            routes.MapGet(file == s_files[0].File ? "/" : $"/{file}", IResult (HttpContext context) =>
            {
                string path = context.Request.PathBase + context.Request.Path;
                if (file == s_files[0].File && !path.EndsWith('/'))
                    return Results.Redirect(path + "/"); // so that the page finds its files
                context.Response.Headers.ContentSecurityPolicy = "default-src 'self'; img-src data:; frame-ancestors 'none'";
                context.Response.Headers.XContentTypeOptions = "nosniff";
                return Results.Bytes(s_contents.GetOrAdd(file, Read), type);
            }).ExcludeFromDescription();
    }

    private static byte[] Read(string file)
    {
        using Stream stream = typeof(PlaygroundRoutes).Assembly.GetManifestResourceStream(file)!;
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
