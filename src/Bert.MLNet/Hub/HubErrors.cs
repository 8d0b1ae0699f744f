using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Bert.MLNet.Hub;

/// <summary>Creates the messages for the hub's error responses: what they mean for one model, and what to do.</summary>
internal sealed partial class HubErrors(HubSettings settings, string model, string revision)
{
    private const int LongestQuotation = 300;

    private const string Login = "set HF_TOKEN, or log in with 'hf auth login'";

    private bool HasToken => settings.Token is not null;

    private string Page => $"{settings.Endpoint}/{model}";

    public HubException Unreachable(Uri uri, string why, Exception inner) => new(
        HubFault.Unreachable, $"'{uri.Host}' could not be reached for the model '{model}': {why}. Check the network and its proxy " +
            "(HTTPS_PROXY), or pass a folder.", inner);

    public HubException Slow(TimeSpan period) => new(
        HubFault.Slow,
        $"'{new Uri(settings.Endpoint).Host}' sends the model '{model}' too slowly: less than 1 KiB per second for {Seconds(period)} " +
        "seconds. " +
        "The received part is kept. Check the network, and try again.");

    public HubException Redirect(Uri uri, Uri target) => new(
        HubFault.Refused, $"'{uri.Host}' redirects the model '{model}' to '{target.GetLeftPart(UriPartial.Authority)}', which is not " +
            "followed: the address is not secure, or there are too many redirects. Check HF_ENDPOINT and the network's proxy.");

    /// <param name="response">The response.</param>
    /// <param name="uri">Its source: the hub, or the storage that it redirected to, which knows neither models nor tokens.</param>
    public HubException From(HttpResponseMessage response, Uri uri)
    {
        HttpStatusCode status = response.StatusCode;
        string? said = response.Header("X-Error-Message");
        (HubFault fault, string message) = status switch
        {
            HttpStatusCode.TooManyRequests =>
                (HubFault.Busy, $"'{uri.Host}' has received too many requests and does not send the model '{model}' now{Wait(response)}. " +
                    $"Try again later, or send a token: {Login}."),
            HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError =>
                (HubFault.Busy, $"'{uri.Host}' cannot send the model '{model}' now (status {(int)status}). Try again later."),
            _ when uri.Authority != new Uri(settings.Endpoint).Authority =>
                (HubFault.Refused, $"'{uri.Host}', to which the hub redirects the model '{model}', returned status {(int)status}. Try " +
                    "again."),
            _ => Refusal(response.Header("X-Error-Code"), status, uri),
        };
        if (said?.Length > LongestQuotation)
            said = said[..LongestQuotation] + "…";
        return new HubException(fault, said is null ? message : $"{message} The hub says: {said}", status: status)
        {
            RetryAfter = RetryAfter(response),
        };
    }

    // The hub also returns 401 for models that do not exist, to hide which private models there are.
    private (HubFault Fault, string Message) Refusal(string? code, HttpStatusCode status, Uri uri) => (code, status, HasToken) switch
    {
        ("RevisionNotFound", _, _) =>
            (HubFault.NoRevision, $"The model '{model}' has no revision '{revision}'. See its branches and tags on {Page}/tree/main."),
        ("EntryNotFound", _, _) =>
            (HubFault.Refused, $"The model '{model}' lists a file that is not there: {uri.AbsolutePath}. Try again."),
        ("GatedRepo", _, true) =>
            (HubFault.Refused, $"The model '{model}' is gated, and the token that was sent has no access to it. Accept its conditions on " +
                $"{Page} with the token's account, and check that the token has permission to read gated models."),
        ("GatedRepo", _, false) =>
            (HubFault.Refused, $"The model '{model}' is gated, and no token was sent. Accept its conditions on {Page}, then {Login}."),
        ("RepoNotFound", _, true) or (null, HttpStatusCode.NotFound, true) =>
            (HubFault.Refused, $"There is no model '{model}' on {settings.Endpoint}, or it is private and the token that was sent has no " +
                "access to it. Check the name, or the path if it is a folder."),
        (_, HttpStatusCode.Unauthorized, true) =>
            (HubFault.Refused, $"'{uri.Host}' does not accept the token that was sent for the model '{model}'; it is mistyped or has " +
                $"expired. Create a new one on {settings.Endpoint}/settings/tokens, then {Login}."),
        ("RepoNotFound", _, _) or (_, HttpStatusCode.NotFound or HttpStatusCode.Unauthorized, _) =>
            (HubFault.Refused, $"There is no model '{model}' on {settings.Endpoint}, or it is private and no token was sent. Check the " +
                $"name, or the path if it is a folder; if it is private, {Login}."),
        (_, HttpStatusCode.Forbidden, _) =>
            (HubFault.Refused, $"'{uri.Host}' forbids access to the model '{model}'. See {Page}, and check the permissions of the token."),
        _ => (HubFault.Refused, $"'{uri.Host}' returned status {(int)status} for the model '{model}'. See {Page}."),
    };

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        if (response.Headers.RetryAfter is { } header)
        {
            TimeSpan wait = header.Delta ?? header.Date!.Value - settings.Time.GetUtcNow();
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
        return response.StatusCode == HttpStatusCode.TooManyRequests
            && response.Header("RateLimit") is { } limit
            && Reset().Match(limit) is { Success: true } reset
            && int.TryParse(reset.Groups[1].Value, CultureInfo.InvariantCulture, out int seconds) ? TimeSpan.FromSeconds(seconds) : null;
    }

    private string Wait(HttpResponseMessage response) => RetryAfter(response) is { } wait ? $" and for {Seconds(wait)} seconds" : "";

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);

    [GeneratedRegex(@";\s*t\s*=\s*(\d+)")]
    private static partial Regex Reset();
}
