using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML;

namespace Bert.MLNet.Persistence;

/// <summary>The options of a component in a model file: one JSON stream beside its header.</summary>
internal static class SavedOptions
{
    private const string FileName = "Options.json";

    /// <summary>
    /// The version of the stream that is written. Raise it when an option changes its meaning; a new option has a default.
    /// </summary>
    private const int Version = 1;

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false) },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        MaxDepth = 8,
    };

    private sealed record Stream<T>(int Version, T Options);

    /// <summary>Writes options, all their public properties and those marked with <see cref="JsonIncludeAttribute"/>.</summary>
    public static void Save<T>(ModelSaveContext ctx, T options)
        where T : class =>
            ctx.SaveTextStream(FileName, writer => writer.Write(JsonSerializer.Serialize(new Stream<object>(Version, options), Format)));

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="FormatException">The options are missing, cannot be read, or were written by a later version of the
    /// library.</exception>
    /// <exception cref="InvalidDataException">They are too long, or do not match their checksum.</exception>
    public static T Load<T>(ModelLoadContext ctx)
        where T : class
    {
        string path = Path.Combine(ctx.Directory ?? "", FileName);
        ComponentVersion.CheckEntry(ctx, FileName);
        string? json = null;
        ctx.TryLoadBinaryStream(FileName, reader => json = BoundedText.Read(reader.BaseStream, path, BoundedText.Config));
        try
        {
            Stream<T>? stream = json is null ? null : JsonSerializer.Deserialize<Stream<T>>(json, Format);
            return stream switch
            {
                null => throw new FormatException(
                    $"The model file is damaged: it has no '{path}'. Copy the file again, or save the model again."),
                { Version: > Version } => throw new FormatException(
                    $"'{path}' in the model file has version {stream.Version}, and this version of Bert.MLNet reads up to {Version}. " +
                    "Update the Bert.MLNet package."),
                { Options: null } => throw new JsonException("it has no options"),
                _ => stream.Options,
            };
        }
        catch (JsonException exception)
        {
            throw new FormatException(
                $"The model file is damaged: '{path}' cannot be read ({exception.Message}). Copy the file again, or save the model again.",
                exception);
        }
    }
}
