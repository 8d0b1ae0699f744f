using System.Buffers.Binary;
using System.Text;

namespace Bert.MLNet.Training;

/// <summary>
/// Edits the section in which an ELF library lists the symbol versions that it requires from other libraries
/// (<c>.gnu.version_r</c>).
/// Format: Linux Standard Base Core Specification 5.0, "Symbol Versioning".
/// </summary>
internal static class ElfSymbolVersions
{
    private const uint VersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort Weak = 0x2;              // VER_FLG_WEAK: the loader continues without this version

    /// <summary>Sets the weak flag on every entry for a version.</summary>
    /// <returns>The number of entries.</returns>
    /// <exception cref="InvalidDataException">The image is not a 64-bit little-endian ELF file.</exception>
    public static int MakeWeak(Span<byte> image, string version)
    {
        if (image.Length < 64 || !image.StartsWith("\u007fELF\u0002\u0001"u8))
            throw new InvalidDataException("The file is not a 64-bit little-endian ELF library.");

        int sections = (int)BinaryPrimitives.ReadUInt64LittleEndian(image[0x28..]);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(image[0x3A..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(image[0x3C..]);
        int changed = 0;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> section = image.Slice(sections + i * size, size);
            if (BinaryPrimitives.ReadUInt32LittleEndian(section[0x04..]) != VersionNeeds)
                continue;
            int names = BinaryPrimitives.ReadInt32LittleEndian(section[0x28..]);
            changed += MakeWeak(image, Offset(section), Offset(image[(sections + names * size)..]),
                Encoding.ASCII.GetBytes(version + '\0'));
        }
        return changed;
    }

    private static int Offset(ReadOnlySpan<byte> section) => (int)BinaryPrimitives.ReadUInt64LittleEndian(section[0x18..]);

    // A list of libraries, each with a list of versions. Both lists are linked by offsets, and names are offsets into a string
    // table.
    private static int MakeWeak(Span<byte> image, int library, int names, ReadOnlySpan<byte> version)
    {
        int changed = 0;
        for (int next = -1; next != 0; library += next)
        {
            int versions = BinaryPrimitives.ReadUInt16LittleEndian(image[(library + 2)..]);
            int entry = library + BinaryPrimitives.ReadInt32LittleEndian(image[(library + 8)..]);
            for (int i = 0; i < versions; i++)
            {
                if (image[(names + BinaryPrimitives.ReadInt32LittleEndian(image[(entry + 8)..]))..].StartsWith(version))
                {
                    Span<byte> flags = image[(entry + 4)..];
                    BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(flags) | Weak));
                    changed++;
                }
                entry += BinaryPrimitives.ReadInt32LittleEndian(image[(entry + 12)..]);
            }
            next = BinaryPrimitives.ReadInt32LittleEndian(image[(library + 12)..]);
        }
        return changed;
    }
}
