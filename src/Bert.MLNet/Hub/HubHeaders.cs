namespace Bert.MLNet.Hub;

internal static class HubHeaders
{
    /// <summary>The first value of a header as it was sent; null when it was not.</summary>
    public static string? Header(this HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.First() : null;
}
