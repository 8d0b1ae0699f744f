using Bert.MLNet.Persistence;

namespace Bert.MLNet.Hub;

/// <summary>A model of the hub at one commit. Its cache folder contains the files downloaded so far.</summary>
internal sealed class HubSnapshot
{
    private readonly HubListing _listing;
    private readonly HubCache _cache;
    private readonly HubDownload _download;
    private readonly string _model;
    private readonly string _revision;

    private HubSnapshot(HubSettings settings, string model, string revision, HubClient client, HubCache cache, HubListing listing,
        string? whyCached = null)
    {
        _listing = listing;
        _cache = cache;
        _download = new HubDownload(settings, client, cache, model, listing.Commit);
        _model = model;
        _revision = revision;
        WhyCached = whyCached;
        Files = new HubSource(model, listing, Folder);
    }

    /// <summary>The folder of the files.</summary>
    public string Folder => _cache.Snapshot(_listing.Commit);

    /// <summary>All files of the model.</summary>
    public FileSource Files { get; }

    /// <summary>The paths of all files.</summary>
    public IEnumerable<string> Paths => _listing.Files.Keys;

    /// <summary>The reason why only the cache is used, or null if missing files are downloaded.</summary>
    public string? WhyCached { get; }

    /// <summary>Finds the commit of a revision and its files, on the hub, or in the cache if the hub does not respond.</summary>
    /// <exception cref="ArgumentException">The name or the revision is not valid.</exception>
    /// <exception cref="HubException">The hub does not respond, and the model is not in the cache.</exception>
    /// <exception cref="FileNotFoundException">The network is not allowed, and the model is not in the cache.</exception>
    public static async Task<HubSnapshot> OpenAsync(
        string model, string revision, HubSettings settings, CancellationToken cancellationToken)
    {
        if (!HubName.IsModel(model))
            throw new ArgumentException(
                $"'{model}' is not a valid name of a model on the hub. A name is 'name' or 'organization/name', with letters, digits, " +
                "'-', '_' and '.'.", nameof(model));
        if (!HubName.IsRevision(revision))
            throw new ArgumentException($"'{revision}' is not a valid revision. Specify a branch, a tag or a commit.", nameof(revision));
        var client = new HubClient(settings, model, revision);
        var cache = new HubCache(settings, model);
        string? cached = cache.FindCommit(revision);
        if (settings.WhyOffline is { } offline)
        {
            return cached is not null ? Cached(offline) : throw new FileNotFoundException(
                $"The model '{model}' (revision '{revision}') is not in the cache '{settings.CacheFolder}', and the hub is not contacted " +
                $"because {offline}. Download it first, or allow the network.");
        }
        // A commit never changes.
        if (HubName.IsCommit(revision) && cache.FindListing(revision) is { } known)
            return new HubSnapshot(settings, model, revision, client, cache, known);
        HubListing listing;
        try
        {
            // If there is a copy, do not wait.
            listing = cached is not null
                ? await client.ListAsync(cancellationToken)
                : await HubRetry.On(settings.Time, HubFault.Busy)
                    .ExecuteAsync(async token => await client.ListAsync(token), cancellationToken);
        }
        catch (HubException exception) when (cached is not null && exception.Fault != HubFault.NoRevision)
        {
            return Cached(exception.Message);
        }
        cache.WriteListing(listing);
        return new HubSnapshot(settings, model, revision, client, cache, listing);

        HubSnapshot Cached(string why) =>
            new(settings, model, revision, client, cache, cache.FindListing(cached!) ?? cache.List(cached!), why);
    }

    /// <summary>Downloads the missing files of the snapshot.</summary>
    /// <exception cref="FileNotFoundException">A file is missing, and only the cache is used.</exception>
    public async Task FetchAsync(IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        foreach (HubFile file in paths.Select(path => _listing.Files[path]).Where(file => !_cache.Has(_listing.Commit, file)))
        {
            if (WhyCached is not null)
                throw new FileNotFoundException($"'{file.Path}' of the model '{_model}' is not in the cache '{Folder}'.", file.Path);
            await _download.FetchAsync(file, cancellationToken);
        }
    }

    /// <summary>Records this commit for offline use of the revision; called when the download is complete.</summary>
    public void Complete() => _cache.WriteRef(_revision, _listing.Commit);
}
