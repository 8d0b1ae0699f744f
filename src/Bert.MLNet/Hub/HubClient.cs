using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Hub;

/// <summary>Sends requests to the hub about one model, without retries. Errors are <see cref="HubException"/>s.</summary>
internal sealed class HubClient(HubSettings settings, string model, string revision)
{
    private const int MaxRedirects = 10;
    private const int MaxListing = 64 << 20;

    // Redirects are followed here, so that the token is only sent to the hub.
    private static readonly HttpClient Http =
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private static readonly ProductInfoHeaderValue Agent =
        new("bert-mlnet", typeof(HubClient)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]);

    private readonly Uri _endpoint = new(settings.Endpoint);

    private readonly HubErrors _errors = new(settings, model, revision);

    /// <summary>Gets the files of the revision.</summary>
    /// <exception cref="InvalidDataException">The response is not valid.</exception>
    public async Task<HubListing> ListAsync(CancellationToken cancellationToken)
    {
        var uri = new Uri($"{settings.Endpoint}/api/models/{model}/revision/{Uri.EscapeDataString(revision)}?blobs=true");
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, uri, 0, cancellationToken);
        await WithinSilence(uri, async token => { await response.Content.LoadIntoBufferAsync(MaxListing, token); return true; },
            cancellationToken);
        return HubListing.FromAnswer(await response.Content.ReadAsStringAsync(cancellationToken), uri.GetLeftPart(UriPartial.Path));
    }

    /// <summary>Gets the size and checksum of a file if they are missing in its listing.</summary>
    /// <exception cref="InvalidDataException">The hub does not return them.</exception>
    public async Task<HubFile> DescribeAsync(string commit, HubFile file, CancellationToken cancellationToken)
    {
        if (file.Size is not null && file.Etag is not null)
            return file;
        using HttpResponseMessage response = await SendAsync(HttpMethod.Head, Address(commit, file), 0, cancellationToken);
        if (response.Header("X-Repo-Commit") is { } answered && answered != commit)
            throw new InvalidDataException(
                $"The hub returned commit {PrintableText.Of(answered)} of '{model}' instead of {commit}. Try again.");
        string? etag = (response.Header("X-Linked-Etag") ?? response.Header("ETag"))?.Replace("W/", "", StringComparison.Ordinal).Trim('"');
        long? size = long.TryParse(response.Header("X-Linked-Size"), out long linked)
            ? linked
            : response.IsSuccessStatusCode
            ? response.Content.Headers.ContentLength
            : null;
        if (!HubName.IsChecksum(etag) || size is null or < 0)
            throw new InvalidDataException(
                $"'{settings.Endpoint}' did not return the size and checksum of '{file.Path}' in '{model}', so a download could not be " +
                "verified. Check HF_ENDPOINT and the network's proxy.");
        return file with { Size = size, Etag = etag };
    }

    /// <summary>Requests the file's bytes from an offset on; the response can nevertheless start at the beginning.</summary>
    public async Task<HttpResponseMessage> OpenAsync(
        string commit, HubFile file, long from, HubPace pace, CancellationToken cancellationToken)
    {
        if (pace.IsTooSlow(0))
            throw _errors.Slow(pace.Period);
        try
        {
            return await SendAsync(HttpMethod.Get, Address(commit, file), from, cancellationToken);
        }
        catch (HubException error) when (error.Fault == HubFault.Busy)
        {
            pace.Pause();
            throw;
        }
    }

    /// <summary>Reads from a response, which fails if it is silent or too slow.</summary>
    public async Task<int> ReadAsync(Stream stream, Memory<byte> buffer, HubPace pace, CancellationToken cancellationToken)
    {
        int read = await WithinSilence(_endpoint, token => stream.ReadAsync(buffer, token).AsTask(), cancellationToken);
        return pace.IsTooSlow(read) ? throw _errors.Slow(pace.Period) : read;
    }

    private Uri Address(string commit, HubFile file) =>
        new($"{settings.Endpoint}/{model}/resolve/{commit}/{string.Join('/', file.Path.Split('/').Select(Uri.EscapeDataString))}");

    /// <summary>Follows redirects: to any host for a file, but only within the hub for information, which storage does not have.</summary>
    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri uri, long from, CancellationToken cancellationToken)
    {
        for (int redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(method, uri);
            request.Headers.UserAgent.Add(Agent);
            // Sizes and offsets refer to the file itself.
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
            if (from > 0)
                request.Headers.Range = new RangeHeaderValue(from, null);
            if (settings.Token is not null && IsHub(uri))
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.Token);
            HttpResponseMessage response =
                await WithinSilence(uri, token => Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token),
                    cancellationToken);
            if (response.IsSuccessStatusCode)
                return response;
            if (response.StatusCode is < HttpStatusCode.Ambiguous or >= HttpStatusCode.BadRequest || response.Headers.Location is null)
            {
                using (response)
                    throw _errors.From(response, uri);
            }
            Uri target = new(uri, response.Headers.Location);
            if (method == HttpMethod.Head && !IsHub(target))
                return response;
            response.Dispose();
            if (redirects == MaxRedirects
                || target.Scheme is not ("https" or "http")
                || (uri.Scheme == "https" && target.Scheme != "https"))
                throw _errors.Redirect(uri, target);
            uri = target;
        }
    }

    private bool IsHub(Uri uri) => uri.Scheme == _endpoint.Scheme && uri.Authority == _endpoint.Authority;

    private async Task<T> WithinSilence<T>(Uri uri, Func<CancellationToken, Task<T>> act, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(settings.Silence, settings.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        try
        {
            return await act(either.Token);
        }
        catch (OperationCanceledException exception) when (silence.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw _errors.Unreachable(
                uri, string.Create(CultureInfo.InvariantCulture, $"nothing arrived for {settings.Silence.TotalSeconds:0} seconds"),
                exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw _errors.Unreachable(uri, exception.Message.TrimEnd('.'), exception);
        }
    }
}
