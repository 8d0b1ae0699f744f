using System.Net;
using System.Net.Http.Headers;
using Polly;

namespace Bert.MLNet.Hub;

/// <summary>
/// Downloads files of a commit to the cache. Interrupted downloads continue, and files with a wrong checksum are rejected.
/// </summary>
internal sealed class HubDownload(HubSettings settings, HubClient client, HubCache cache, string model, string commit)
{
    private const int BufferSize = 1 << 17;
    private const long BytesBetweenReports = 1 << 20;

    private readonly ResiliencePipeline _retry = HubRetry.On(settings.Time, HubFault.Busy, HubFault.Unreachable);

    /// <summary>Adds a file to the snapshot.</summary>
    /// <exception cref="HubException">The hub does not send the file.</exception>
    /// <exception cref="InvalidDataException">The received file is not the one that the hub lists.</exception>
    public async Task FetchAsync(HubFile file, CancellationToken cancellationToken)
    {
        file = await _retry.ExecuteAsync(async token => await client.DescribeAsync(commit, file, token), cancellationToken);
        using FileStream taken = await HubLock.TakeAsync(LockOf(file), cancellationToken);
        // Another process may have downloaded it while holding the lock.
        if (cache.Has(commit, file))
            return;
        bool isNew = !cache.HasBlob(file);
        if (isNew)
            await DownloadAsync(file, cancellationToken);
        cache.Link(commit, file, isNew);
    }

    private async Task DownloadAsync(HubFile file, CancellationToken cancellationToken)
    {
        string blob = cache.Blob(file.Etag!), incomplete = blob + ".incomplete";
        cache.CreateFolderOf(incomplete);
        if (new FileInfo(incomplete).LinkTarget is not null)
            throw new IOException($"'{incomplete}' is a link, and downloads are not written through links. Delete it.");
        while (true)
        {
            bool resumed;
            string actual;
            try
            {
                // Unbuffered, so that the bytes received by a killed process are on disk.
                using var stream = new FileStream(incomplete, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
                if (stream.Length > file.Size)
                    stream.SetLength(0);
                resumed = stream.Length > 0;
                stream.Seek(0, SeekOrigin.End);
                await FillAsync(stream, file, cancellationToken);
                stream.Position = 0;
                actual = await HubChecksum.OfAsync(stream, file.IsLarge, cancellationToken);
            }
            catch (InvalidDataException)
            {
                File.Delete(incomplete);
                throw;
            }
            if (actual == file.Etag)
                break;
            File.Delete(incomplete);
            // The start may come from a failed download.
            if (!resumed)
                throw Wrong(file, $"came with the checksum {actual}, but the hub lists {file.Etag}");
        }
        File.Move(incomplete, blob, overwrite: true);
    }

    private async Task FillAsync(FileStream stream, HubFile file, CancellationToken cancellationToken)
    {
        var pace = new HubPace(settings);
        while (stream.Position < file.Size)
        {
            long before = stream.Position;
            try
            {
                await _retry.ExecuteAsync(async token => await CopyAsync(stream, file, pace, token), cancellationToken);
            }
            catch (HubException exception) when (exception.Fault == HubFault.Unreachable && stream.Position > before)
            {
                // Repeatedly interrupted connections still make progress.
            }
        }
    }

    /// <summary>Appends the bytes of one response.</summary>
    private async Task CopyAsync(FileStream stream, HubFile file, HubPace pace, CancellationToken cancellationToken)
    {
        long from = stream.Position;
        using HttpResponseMessage response = await client.OpenAsync(commit, file, from, pace, cancellationToken);
        HttpContentHeaders headers = response.Content.Headers;
        if (response.StatusCode == HttpStatusCode.PartialContent ? headers.ContentRange?.From != from : from > 0)
        {
            stream.SetLength(0);
            if (response.StatusCode == HttpStatusCode.PartialContent)
                throw Wrong(file, $"did not continue at byte {from}");
        }
        long? length = headers.ContentRange?.Length ?? (headers.ContentEncoding.Count == 0 ? headers.ContentLength : null);
        if (length is not null && length != file.Size)
            throw Wrong(file, $"has {length} bytes, but the hub lists {file.Size}");
        using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        byte[] buffer = new byte[BufferSize];
        long reported = Report(file, stream.Position);
        for (int read; (read = await client.ReadAsync(body, buffer, pace, cancellationToken)) > 0;)
        {
            if (stream.Position + read > file.Size)
                throw Wrong(file, $"has more than the {file.Size} bytes that the hub lists");
            await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            if (stream.Position - reported >= BytesBetweenReports || stream.Position == file.Size)
                reported = Report(file, stream.Position);
        }
        if (stream.Position < file.Size)
            throw Wrong(file, $"ends after {stream.Position} of the {file.Size} bytes that the hub lists");
    }

    private string LockOf(HubFile file)
    {
        string path = cache.Lock(file.Etag!);
        cache.CreateFolderOf(path);
        return new FileInfo(path).LinkTarget is null
            ? path
            : throw new IOException($"'{path}' is a link, but a cache has no links there. Delete it, and download the model again.");
    }

    private long Report(HubFile file, long done)
    {
        settings.Progress?.Report(new BertDownloadProgress { File = file.Path, BytesDone = done, BytesTotal = file.Size!.Value });
        return done;
    }

    private InvalidDataException Wrong(HubFile file, string what) =>
        new($"'{file.Path}' of the model '{model}' {what}, so it is not used. Try again. If the error persists, contact the " +
            $"administrator of the network's proxy or of '{settings.Endpoint}'.");
}
