using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Bert.MLNet.Server.Requests;

/// <summary>Checks the API key of requests. Thread-safe.</summary>
/// <param name="options">The keys.</param>
internal sealed class ApiKeyCheck(IOptions<BertServerOptions> options)
{
    private const string Scheme = "Bearer ";

    // Hashes have one length, so that neither the time of a comparison nor that of a key's length tells anything about a key.
    private readonly byte[][] _hashes = [.. options.Value.ApiKeys.Select(HashOf)];

    /// <exception cref="RequestException">The request has no valid key.</exception>
    public void Check(HttpRequest request)
    {
        if (_hashes.Length == 0)
            return;
        string header = request.Headers.Authorization.ToString();
        bool hasKey = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);
        byte[] given = HashOf(hasKey ? header[Scheme.Length..].Trim() : "");
        bool isKnown = false;
        foreach (byte[] hash in _hashes)
            isKnown |= CryptographicOperations.FixedTimeEquals(hash, given);
        if (!isKnown)
            throw new RequestException(StatusCodes.Status401Unauthorized, "Unauthorized",
                $"The API key is {(hasKey ? "not valid" : "missing")}. Send 'Authorization: Bearer' with a key of this server.")
            { Code = "invalid_api_key" };
    }

    private static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
