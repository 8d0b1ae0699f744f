using Microsoft.ML;

namespace Bert.MLNet.Cli;

/// <summary>A <c>model.zip</c> that a verb of this tool has trained.</summary>
internal static class ModelFile
{
    /// <summary>Opens a model with the columns that it learnt from; null where the file does not say.</summary>
    /// <exception cref="InvalidDataException">It is something else; the message names it.</exception>
    public static ITransformer Open(MLContext ml, string path, out DataViewSchema? schema)
    {
        if (!File.Exists(path))
            throw new InvalidDataException(Directory.Exists(path) ? $"'{path}' is a folder, and no model.zip." : $"There is no file '{path}'. Give a model.zip that a verb of this tool has trained.");
        return ml.Model.LoadFromFile(path, out schema);
    }
}
