using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models;

/// <summary>The files of one module of sentence-transformers in its folder.</summary>
/// <param name="files">The checkpoint's files.</param>
/// <param name="folder">The folder of the module.</param>
internal sealed class ModuleFiles(FileSource files, string folder)
{
    public const string ConfigName = "config.json", WeightsName = "model.safetensors";

    /// <summary>The <c>config.json</c>, in messages.</summary>
    public string ConfigFile => files.Describe(Path(ConfigName));

    public bool HasConfig => files.Contains(Path(ConfigName));

    /// <summary>Reads the <c>config.json</c>, or another file with the fields of the module.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="limit">The maximum number of characters.</param>
    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    public JsonFields Config(string name = ConfigName, int limit = BoundedText.Config)
    {
        string path = Path(name), file = files.Describe(path);
        return JsonFields.Parse(
            files.ReadText(path, limit) ?? throw new FileNotFoundException(
                $"'{files.Describe(SentenceFiles.Modules)}' refers to '{path}', which is not in the folder. Copy or download the whole " +
                "checkpoint.", file), file);
    }

    /// <summary>Reads the tensors of the module.</summary>
    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    public Safetensors Tensors()
    {
        string path = Path(WeightsName), file = files.Describe(path);
        if (!files.Contains(path))
            throw new FileNotFoundException(
                $"'{files.Describe(SentenceFiles.Modules)}' refers to '{path}', which is not in the folder. A pytorch_model.bin is not " +
                "read, because opening a pickle runs the code in it. Save the model with a current version of sentence-transformers, or " +
                "copy the whole checkpoint.", file);
        using Stream stream = files.Open(path);
        return Safetensors.Read(stream, files.Length(path), file);
    }

    /// <summary>Finds a tensor of floats and checks it.</summary>
    /// <exception cref="InvalidDataException">It is missing, or has another shape or values that are not finite.</exception>
    public BertTensor Tensor(Safetensors tensors, string name, params int[] shape)
    {
        string file = files.Describe(Path(WeightsName));
        BertTensor tensor = tensors.Tensors.FirstOrDefault(tensor => tensor.Name == name)
            ?? throw new InvalidDataException($"'{file}' has no tensor '{name}'. Copy or download the whole checkpoint.");
        if (!tensor.Type.IsWeight() || !tensor.Shape.AsSpan().SequenceEqual(shape))
            throw new InvalidDataException(
                $"'{name}' in '{file}' is {tensor.Type} of the shape {ShapeText.Of(tensor.Shape)}, but '{ConfigFile}' requires floats of " +
                $"{ShapeText.Of(shape)}. Copy or download the whole checkpoint.");
        return FiniteWeights.AreFinite(tensor) ? tensor : throw FiniteWeights.NotFinite(tensor, file);
    }

    /// <summary>Creates the error about a field that is missing in the <c>config.json</c>.</summary>
    public InvalidDataException Missing(string field) =>
        new($"'{ConfigFile}' has no '{field}'. Copy or download the whole checkpoint.");

    /// <summary>Creates the error about something that is not supported.</summary>
    /// <param name="what">The field or value, and what is supported.</param>
    public NotSupportedException Unsupported(string what) =>
        new($"'{ConfigFile}' cannot be used: {what}. Use another checkpoint.");

    private string Path(string name) => folder.Length == 0 ? name : $"{folder}/{name}";
}
