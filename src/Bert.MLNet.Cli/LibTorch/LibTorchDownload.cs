using System.IO.Compression;
using System.IO.Hashing;
using System.Net;
using System.Net.Http.Headers;
using Bert.MLNet.Training;

namespace Bert.MLNet.Cli.LibTorch;

/// <summary>Downloads libtorch's package from NuGet, and unpacks its native libraries.</summary>
/// <param name="source">The address of the packages: the flat container of a NuGet feed.</param>
/// <param name="progress">Receives the received bytes.</param>
internal sealed class LibTorchDownload(string source, IProgress<BertDownloadProgress> progress)
{
    /// <summary>The packages of nuget.org.</summary>
    public const string NuGet = "https://api.nuget.org/v3-flatcontainer";

    private const int BufferSize = 1 << 17;

    private const long BytesBetweenReports = 1 << 20;

    /// <summary>Far more than the library has, so that an archive cannot fill the disk.</summary>
    private const long MostBytes = 4L << 30;

    private static readonly HttpClient s_http = new() { Timeout = Timeout.InfiniteTimeSpan };

    private static string Package => $"libtorch-cpu-{TorchRuntime.Rid}";

    private Uri Address => new(
        $"{source.TrimEnd('/')}/{Package}/{TorchRuntime.LibTorchVersion}/{Package}.{TorchRuntime.LibTorchVersion}.nupkg");

    /// <summary>Downloads the libraries to a folder, unless they are there. An interrupted download continues.</summary>
    /// <param name="folder">The folder, which appears when it is complete.</param>
    /// <param name="cancellation">Cancels the download, and keeps what was received.</param>
    /// <exception cref="IOException">The feed does not send the package.</exception>
    /// <exception cref="InvalidDataException">The package is damaged, or is another one.</exception>
    public async Task RunAsync(string folder, CancellationToken cancellation)
    {
        string torch = TorchRuntime.FileName("torch_cpu");
        if (File.Exists(Path.Combine(folder, torch)))
            return;
        if (Directory.Exists(folder))
            throw new IOException($"'{folder}' exists, but has no {torch}. Delete it, or choose another folder with --cache-dir.");
        string package = folder + ".nupkg", unpacked = folder + ".partial";
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        await FetchAsync(package, cancellation);
        if (Directory.Exists(unpacked))
            Directory.Delete(unpacked, recursive: true);
        try
        {
            await UnpackAsync(package, unpacked, cancellation);
            if (!File.Exists(Path.Combine(unpacked, torch)))
                throw Damaged($"has no {torch} for {TorchRuntime.Rid}");
        }
        catch (InvalidDataException)
        {
            File.Delete(package); // it would be damaged the next time, too
            throw;
        }
        Directory.Move(unpacked, folder);
        File.Delete(package);
    }

    private async Task FetchAsync(string file, CancellationToken cancellation)
    {
        using var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 0);
        stream.Seek(0, SeekOrigin.End);
        using var request = new HttpRequestMessage(HttpMethod.Get, Address);
        if (stream.Position > 0)
            request.Headers.Range = new RangeHeaderValue(stream.Position, null);
        try
        {
            using HttpResponseMessage response = await s_http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
                return; // all of it was received before
            if (!response.IsSuccessStatusCode)
                throw new IOException(
                    $"'{Address}' returned status {(int)response.StatusCode}. Check --nuget-source, or set the environment variable " +
                    $"{TorchRuntime.FolderVariable} to a folder with libtorch {TorchRuntime.LibTorchVersion}.");
            if (response.Content.Headers.ContentRange?.From != stream.Position)
                stream.SetLength(0);
            await CopyAsync(response, stream, cancellation);
        }
        catch (HttpRequestException error)
        {
            throw Unreachable(error);
        }
    }

    private async Task CopyAsync(HttpResponseMessage response, FileStream stream, CancellationToken cancellation)
    {
        long all = stream.Position + (response.Content.Headers.ContentLength ?? 0), reported = 0;
        using Stream body = await response.Content.ReadAsStreamAsync(cancellation);
        byte[] buffer = new byte[BufferSize];
        for (int read; (read = await ReadAsync(body, buffer, cancellation)) > 0;)
        {
            await stream.WriteAsync(buffer.AsMemory(0, read), cancellation);
            if (stream.Position > MostBytes)
                throw Damaged("is far too large");
            if (stream.Position - reported < BytesBetweenReports && stream.Position != all)
                continue;
            reported = stream.Position;
            progress.Report(new BertDownloadProgress { File = Package, BytesDone = reported, BytesTotal = Math.Max(all, reported) });
        }
    }

    /// <summary>Reads what the feed sends. An error of the connection gets advice that an error of the disk must not get.</summary>
    private async Task<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellation);
        }
        catch (IOException error)
        {
            throw Unreachable(error);
        }
    }

    private async Task UnpackAsync(string package, string folder, CancellationToken cancellation)
    {
        string native = $"runtimes/{TorchRuntime.Rid}/native/";
        Directory.CreateDirectory(folder);
        using FileStream file = File.OpenRead(package);
        using ZipArchive archive = Open(file);
        ZipArchiveEntry[] libraries = [.. archive.Entries.Where(entry =>
            entry.Name.Length > 0 && entry.FullName == native + entry.Name && Path.GetFileName(entry.Name) == entry.Name)];
        if (libraries.Sum(entry => (decimal)entry.Length) > MostBytes)
            throw Damaged("is far too large");
        foreach (ZipArchiveEntry entry in libraries)
        {
            using Stream content = entry.Open();
            using FileStream target = File.Create(Path.Combine(folder, entry.Name));
            var checksum = new Crc32();
            byte[] buffer = new byte[BufferSize];
            for (int read; (read = await content.ReadAsync(buffer, cancellation)) > 0;)
            {
                checksum.Append(buffer.AsSpan(0, read));
                await target.WriteAsync(buffer.AsMemory(0, read), cancellation);
                if (target.Position > entry.Length)
                    throw Damaged($"has more bytes in '{entry.Name}' than it says");
            }
            if (checksum.GetCurrentHashAsUInt32() != entry.Crc32)
                throw Damaged($"has a wrong checksum of '{entry.Name}'");
        }
    }

    private ZipArchive Open(FileStream file)
    {
        try
        {
            return new ZipArchive(file, ZipArchiveMode.Read);
        }
        catch (InvalidDataException error)
        {
            throw Damaged("is not a complete archive", error);
        }
    }

    private IOException Unreachable(Exception error) => new(
        $"'{Address.Host}' could not be reached, or stopped sending: {error.Message.TrimEnd('.')}. Check the network and its " +
        "proxy (HTTPS_PROXY), and run the command again; it continues.", error);

    private InvalidDataException Damaged(string what, Exception? inner = null) =>
        new($"The package from '{Address}' {what}, so it is not used. Run the command again.", inner);
}
