using Microsoft.ML;

namespace Bert.MLNet.Cli;

/// <summary>Opens a <c>model.zip</c> that this tool trained.</summary>
internal static class ModelFile
{
    /// <summary>Opens a model with the schema of its training data, or null if the file has none.</summary>
    /// <exception cref="InvalidDataException">The file is not a model.</exception>
    public static ITransformer Open(MLContext ml, string path, out DataViewSchema? schema)
    {
        if (!File.Exists(path))
            throw new InvalidDataException(Directory.Exists(path)
                ? $"'{path}' is a folder, not a model.zip."
                : $"The file '{path}' does not exist. Pass a model.zip that this tool trained.");
        return ml.Model.LoadFromFile(path, out schema);
    }
}
