namespace Bert.MLNet.Models;

/// <summary>Validates paths in the files of a checkpoint. They must remain inside its folder, because the files are untrusted.</summary>
internal static class CheckpointPath
{
    /// <summary>The path without empty parts.</summary>
    /// <exception cref="InvalidDataException">The path leads out of the folder.</exception>
    public static string Check(string path, string file)
    {
        string[] parts = [.. path.Split('/').Where(part => part.Length > 0 && part != ".")];
        if (path.StartsWith('/') || path.AsSpan().ContainsAny('\\', ':', '\0') || parts.Contains(".."))
            throw new InvalidDataException(
                $"'{file}' names the path '{path}', which leads out of its folder. Do not use this checkpoint, or correct the path.");
        return string.Join('/', parts);
    }
}
