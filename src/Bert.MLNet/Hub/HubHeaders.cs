namespace Bert.MLNet.Hub;

internal static class HubHeaders
{
    /// <summary>Gets the first raw value of a header, or null if it is missing.</summary>
    public static string? Header(this HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.First() : null;
}
