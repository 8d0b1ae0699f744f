namespace Bert.MLNet.Persistence;

/// <summary>Replaces the files of a folder together: a reader finds the old files, the new files, or an error.</summary>
internal static class WholeFolder
{
    /// <summary>Exists while files are exchanged, and remains if the process ends in between.</summary>
    private const string Marker = ".bert-mlnet-saving";

    private const string New = "new", Old = "old";

    /// <summary>Whether a process ended while exchanging the files, or is exchanging them now.</summary>
    public static bool IsTorn(string folder) => File.Exists(Path.Combine(folder, Marker));

    /// <summary>Rejects a folder whose files may belong to different models.</summary>
    /// <exception cref="InvalidDataException">A process ended while exchanging the files, or is exchanging them now.</exception>
    public static void Check(string folder)
    {
        if (IsTorn(folder))
        {
            throw new InvalidDataException(
                $"The files in '{folder}' were being replaced when the process that saved them ended, or are being replaced now, " +
                "so they may not belong together. Save to the folder again.");
        }
    }

    /// <summary>Writes all files beside the folder, then exchanges them with the existing ones. A failure changes nothing.</summary>
    /// <param name="folder">The folder, which is created if it does not exist. Files that are neither written nor stale remain.</param>
    /// <param name="opens">The file without which no program opens the folder: the first to be removed, and the last to be added.</param>
    /// <param name="write">Writes the files with a function that creates one by its path.</param>
    /// <param name="stale">The paths of files in an existing folder that must not remain beside the new ones.</param>
    /// <param name="check">Rejects an existing folder, given the paths that are written; null to accept any.</param>
    /// <param name="moving">Called before each step of the exchange, or null.</param>
    public static void Write(
        string folder, string opens, Action<Func<string, Stream>> write, Func<string, IEnumerable<string>> stale,
        Action<string, IEnumerable<string>>? check = null, Action? moving = null)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Directory.Exists(folder))
            folder = Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName ?? folder;
        else if (new FileInfo(folder).LinkTarget is { } target)
            throw new IOException($"'{folder}' is a link to '{target}', which is not a folder. Remove the link, or create the folder.");
        else if (File.Exists(folder))
            throw new IOException($"'{folder}' is a file, so nothing can be saved in it. Choose the path of a folder.");
        PartialName.Clear(folder);
        string beside = CreateBeside(folder, out FileStream held);
        try
        {
            var written = new List<string>();
            string fresh = Directory.CreateDirectory(Path.Combine(beside, New)).FullName;
            write(path =>
            {
                written.Add(path);
                string file = Path.Combine(fresh, path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                return File.Create(file);
            });
            if (!Directory.Exists(folder))
            {
                try
                {
                    Directory.Move(fresh, folder);
                    return;
                }
                catch (IOException) when (Directory.Exists(folder))
                {
                    // Another save was faster; its files are replaced like any others.
                }
            }
            check?.Invoke(folder, written);
            Exchange(folder, beside, written, stale, opens, moving);
        }
        finally
        {
            // There is no other copy of old files that could not be restored.
            string old = Path.Combine(beside, Old);
            if (!IsTorn(folder) || !Directory.Exists(old) || !Directory.EnumerateFiles(old, "*", SearchOption.AllDirectories).Any())
                PartialName.DeleteFolder(beside, held);
            held.Dispose();
        }
    }

    private static string CreateBeside(string folder, out FileStream held)
    {
        try
        {
            return PartialName.CreateFolder(folder, out held);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException(
                $"'{Path.GetDirectoryName(folder)}' cannot be written, but files are written beside '{folder}' first. Choose a folder " +
                "whose parent folder can be written.", error);
        }
    }

    // All old files are removed before new files are added, so that they are never mixed.
    private static void Exchange(
        string folder, string beside, IReadOnlyCollection<string> written, Func<string, IEnumerable<string>> stale, string opens,
        Action? moving)
    {
        bool wasTorn = IsTorn(folder);
        string fresh = Path.Combine(beside, New), old = Path.Combine(beside, Old);
        string[] leaving = [];
        var undo = new Stack<Action>();
        moving?.Invoke();
        FileStream marker = Mark(folder);
        try
        {
            leaving = [.. written.Union(stale(folder)).Where(path => File.Exists(Path.Combine(folder, path)))];
            foreach (string path in leaving.OrderBy(path => path != opens))
                Move(path, folder, old);
            foreach (string path in written.OrderBy(path => path == opens))
                Move(path, fresh, folder);
            moving?.Invoke();
        }
        catch
        {
            // If a step cannot be undone, the marker remains, which causes an error when the folder is opened.
            while (undo.TryPop(out Action? step))
                step();
            Finish(wasTorn);
            throw;
        }
        finally
        {
            marker.Dispose();
        }
        Finish(isTorn: false);

        void Move(string path, string from, string to)
        {
            moving?.Invoke();
            string source = Path.Combine(from, path), target = Path.Combine(to, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Move(source, target);
            undo.Push(() => File.Move(target, source));
        }

        void Finish(bool isTorn)
        {
            if (!isTorn)
                File.Delete(marker.Name); // while it is locked: the next save must not use it as its own
            marker.Dispose();
            foreach (string subfolder in written.Union(leaving).Select(path => Path.GetDirectoryName(Path.Combine(folder, path))!)
                .Distinct())
            {
                if (subfolder != folder && Directory.Exists(subfolder) && !Directory.EnumerateFileSystemEntries(subfolder).Any())
                    Directory.Delete(subfolder);
            }
        }
    }

    private static FileStream Mark(string folder)
    {
        string path = Path.Combine(folder, Marker);
        for (int tries = 1; ; tries++)
        {
            try
            {
                var marker = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, PartialName.Exclusive);
                if (File.Exists(path))
                    return marker;
                marker.Dispose(); // another save removed it at its end
            }
            catch (IOException error) when (IsTorn(folder))
            {
                throw new IOException($"Another process is saving to '{folder}' now. Try again when it has finished.", error);
            }
            catch (IOException) when (tries < 10)
            {
                // Another save ended just now.
            }
        }
    }
}
