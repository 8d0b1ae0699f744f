using Microsoft.ML;

namespace Bert.MLNet.Persistence;

/// <summary>Writes and checks the version fields of a component in a model file.</summary>
internal static class ComponentVersion
{
    /// <summary>The version since which the options of a component are one JSON stream.</summary>
    public const uint OptionsAsJson = 0x00020001;

    /// <summary>Describes the format in which this version of the library writes a component.</summary>
    /// <param name="modelSignature">Eight characters that mark the component's data.</param>
    /// <param name="loaderSignature">The name for finding the component again; at most 24 characters.</param>
    /// <param name="written">The version to write, such as 0x00020001 for 2.1. Raise it with each change of the data.</param>
    /// <param name="readable">The oldest version of the reader that understands the data.</param>
    /// <param name="canReadBack">The oldest data that this reader understands.</param>
    /// <remarks>
    /// The loader's assembly is named without a version, because an older build of this library must also load a model, at least to report
    /// that it is too new.
    /// </remarks>
    public static VersionInfo Create(
        string modelSignature, string loaderSignature, uint written = OptionsAsJson, uint readable = OptionsAsJson,
        uint canReadBack = 0x00010001) =>
        new(modelSignature, written, readable, canReadBack, loaderAssemblyName: typeof(ComponentVersion).Assembly.GetName().Name!,
            loaderSignature);

    /// <summary>Checks that the component in <paramref name="ctx"/> can be read.</summary>
    /// <exception cref="FormatException">The version of the library that wrote it is too new or too old, or it is another
    /// component.</exception>
    /// <exception cref="InvalidDataException">The checksum of its options is wrong.</exception>
    public static void Check(ModelLoadContext ctx, VersionInfo version)
    {
        uint found = ctx.Header.ModelVerReadable;
        if (ctx.Header.ModelSignature == version.ModelSignature && found > version.VerWrittenCur)
        {
            throw new FormatException(
                $"The model's component '{version.LoaderSignature}' was written by a later version of Bert.MLNet: it needs format " +
                $"{Format(found)}, and this version " +
                $"reads up to {Format(version.VerWrittenCur)}. Update the Bert.MLNet package, or save the model again with this version.");
        }
        ctx.CheckAtModel(version);
        // After the version, which gives a better message for a newer file.
        CheckEntry(ctx, ModelLoadContext.ModelStreamName);
    }

    /// <summary>
    /// Verifies the checksum of a component's stream. ML.NET does not, and a damaged option would silently change results.
    /// </summary>
    /// <exception cref="InvalidDataException">It does not match.</exception>
    public static void CheckEntry(ModelLoadContext ctx, string name)
    {
        string path = Path.Combine(ctx.Directory ?? "", name).Replace('\\', '/');
        if (ctx.Repository?._archive.GetEntry(path) is { } entry)
            CheckedStream.Check(entry);
    }

    private static string Format(uint version) => $"{version >> 16}.{version & 0xffff}";
}
