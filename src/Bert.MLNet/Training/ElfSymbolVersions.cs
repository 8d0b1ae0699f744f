using System.Buffers.Binary;
using System.Text;

namespace Bert.MLNet.Training;

/// <summary>Edits the table in which an ELF library names the symbol versions it needs from others (<c>.gnu.version_r</c>).</summary>
internal static class ElfSymbolVersions
{
    private const uint VersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort Weak = 0x2;              // VER_FLG_WEAK: the loader may go on without this version

    /// <summary>
    /// Writes a copy of <paramref name="library"/> that loads where <paramref name="version"/> is absent, and returns its path.
    /// The copy lies in a per-user cache and is made once for each library.
    /// </summary>
    public static string WriteCopyWithWeakVersion(string library, string version)
    {
        byte[] image = File.ReadAllBytes(library);
        MakeWeak(image, version);

        string folder = Path.Combine(Path.GetTempPath(), "bert-mlnet-" + Environment.UserName);
        Directory.CreateDirectory(folder);
        string copy = Path.Combine(folder, Path.GetFileNameWithoutExtension(library) + "-" + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(image))[..16] + ".so");
        if (!File.Exists(copy))
        {
            string beside = copy + "." + Guid.NewGuid().ToString("N");
            File.WriteAllBytes(beside, image);
            File.Move(beside, copy, overwrite: true);
        }
        return copy;
    }

    /// <summary>Sets the weak flag on every entry for <paramref name="version"/>; returns how many there were.</summary>
    public static int MakeWeak(Span<byte> image, string version)
    {
        if (image.Length < 64 || !image[..6].SequenceEqual("\u007fELF\u0002\u0001"u8))
            throw new InvalidDataException("Not a little-endian 64-bit ELF library.");

        int changed = 0;
        int sections = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(image[0x28..]));
        int size = BinaryPrimitives.ReadUInt16LittleEndian(image[0x3A..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(image[0x3C..]);
        for (int i = 0; i < count; i++)
        {
            Span<byte> header = image[(sections + i * size)..];
            if (BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) != VersionNeeds)
                continue;
            int offset = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(header[0x18..]));
            int link = BinaryPrimitives.ReadInt32LittleEndian(header[0x28..]);
            int names = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(image[(sections + link * size + 0x18)..]));
            changed += MakeWeakIn(image, offset, names, version);
        }
        return changed;
    }

    private static int MakeWeakIn(Span<byte> image, int need, int names, string version)
    {
        byte[] wanted = Encoding.ASCII.GetBytes(version + "\0");
        int changed = 0;
        while (true)
        {
            int entries = BinaryPrimitives.ReadUInt16LittleEndian(image[(need + 2)..]);
            int entry = need + BinaryPrimitives.ReadInt32LittleEndian(image[(need + 8)..]);
            for (int i = 0; i < entries; i++)
            {
                int name = names + BinaryPrimitives.ReadInt32LittleEndian(image[(entry + 8)..]);
                if (image[name..].StartsWith(wanted))
                {
                    Span<byte> flags = image[(entry + 4)..];
                    BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(flags) | Weak));
                    changed++;
                }
                entry += BinaryPrimitives.ReadInt32LittleEndian(image[(entry + 12)..]);
            }
            int next = BinaryPrimitives.ReadInt32LittleEndian(image[(need + 12)..]);
            if (next == 0)
                return changed;
            need += next;
        }
    }
}
