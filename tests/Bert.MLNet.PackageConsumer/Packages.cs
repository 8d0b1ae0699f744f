using System.IO.Compression;
using System.Reflection.Metadata;
using System.Xml.Linq;

/// <summary>What lies in the packages, beside what they do.</summary>
internal static class Packages
{
    public static void Check(string folder)
    {
        foreach (string package in Directory.EnumerateFiles(folder, "*.nupkg"))
        {
            using ZipArchive content = ZipFile.OpenRead(package);
            using ZipArchive symbols = ZipFile.OpenRead(Path.ChangeExtension(package, ".snupkg"));
            string name = Path.GetFileName(package);
            XElement facts = XDocument.Load(
                content.Entries.Single(entry => entry.Name.EndsWith(".nuspec", StringComparison.Ordinal)).Open()).Root!.Elements().Single();
            string Fact(string fact) => facts.Elements().Single(element => element.Name.LocalName == fact).Value;

            Require(content.GetEntry(Fact("readme")) is { Length: > 500 }, $"{name} has no README.");
            Require(content.GetEntry(Fact("icon")) is { Length: > 500 }, $"{name} has no icon.");
            Require(!content.Entries.Any(entry => entry.Name.Contains("torch_cpu", StringComparison.Ordinal)), $"{name} holds libtorch.");

            ZipArchiveEntry[] own = [
                .. content.Entries.Where(entry => entry.Name.StartsWith("Bert.MLNet", StringComparison.Ordinal)
                    && entry.Name.EndsWith(".dll", StringComparison.Ordinal))];
            Require(own.Length > 0, $"{name} has no library.");
            foreach (ZipArchiveEntry library in own)
            {
                ZipArchiveEntry? pdb = symbols.GetEntry(Path.ChangeExtension(library.FullName, ".pdb"));
                Require(pdb is not null, $"{name} has no symbols for {library.Name}.");
                string? local = Sources(pdb!)
                    .FirstOrDefault(path => Path.IsPathRooted(path) && !path.StartsWith("/_", StringComparison.Ordinal));
                Require(local is null, $"{name}: {library.Name} depends on the folder that it was built in, as in '{local}'.");
            }
        }
    }

    /// <summary>The paths of the files that a library was compiled from.</summary>
    private static IEnumerable<string> Sources(ZipArchiveEntry pdb)
    {
        using Stream stream = pdb.Open();
        var copy = new MemoryStream();
        stream.CopyTo(copy);
        copy.Position = 0;
        using var provider = MetadataReaderProvider.FromPortablePdbStream(copy);
        MetadataReader reader = provider.GetMetadataReader();
        return [.. reader.Documents.Select(document => reader.GetString(reader.GetDocument(document).Name))];
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
            throw new InvalidOperationException(otherwise);
    }
}
