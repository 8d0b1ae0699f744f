using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Bert.MLNet.Hub;

/// <summary>Computes the checksums by which the hub identifies contents.</summary>
internal static class HubChecksum
{
    /// <summary>Computes the SHA-256 of a large file, or git's SHA-1 of a header and the bytes.</summary>
    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "It is git's.")]
    public static async Task<string> OfAsync(Stream stream, bool isLarge, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(isLarge ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        if (!isLarge)
            hash.AppendData(Encoding.ASCII.GetBytes($"blob {stream.Length}\0"));
        byte[] buffer = new byte[1 << 17];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
            hash.AppendData(buffer, 0, read);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
