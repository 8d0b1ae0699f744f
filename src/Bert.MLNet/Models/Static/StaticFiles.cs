using Bert.MLNet.Models.Families;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models;

/// <summary>
/// The files of checkpoints with static embeddings: <c>model.safetensors</c> with the table of sentence-transformers'
/// <c>StaticEmbedding</c> or of MinishLab's StaticModel, <c>tokenizer.json</c>, and the latter's <c>config.json</c>.
/// </summary>
internal static class StaticFiles
{
    private const string ConfigName = "config.json", NormalizeName = "normalize";

    /// <summary>Whether a folder has the config of such a checkpoint.</summary>
    public static bool HasConfig(FileSource files) =>
        files.ReadText(ConfigName) is { } json
            && JsonFields.Parse(json, files.Describe(ConfigName)).Text("model_type") == ModelFamilies.Static.ModelType;

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="files">The folder with the table.</param>
    /// <param name="sentence">What the files of sentence-transformers say.</param>
    /// <param name="name">The name of the checkpoint.</param>
    /// <exception cref="InvalidDataException">A file is damaged, or files do not belong together.</exception>
    /// <exception cref="FileNotFoundException">The table or the tokenizer is missing.</exception>
    public static BertModel Read(FileSource files, BertSentenceOptions sentence, string name)
    {
        bool hasConfig = HasConfig(files);
        StaticTable table = ReadTable(files);
        BertConfig config = hasConfig ? BertModel.ReadConfig(files) : ModelFamilies.Static.Defaults;
        if (hasConfig && JsonFields.Parse(config.Source!, files.Describe(ConfigName)).Flag(NormalizeName) == true)
            sentence = sentence with { Normalize = true };
        BertTokenizer tokenizer = BertTokenizer.ReadFrom(files, hasRows: false);
        if (tokenizer.Vocabulary.Size > table.Tokens)
            throw new InvalidDataException(
                $"The vocabulary of '{name}' has {tokenizer.Vocabulary.Size} tokens, but '{files.Describe(WeightFiles.Single)}' " +
                $"has vectors for {table.Tokens}. Check that the files belong together.");
        return Create(config, tokenizer, table, sentence, name);
    }

    /// <summary>Creates a checkpoint from a table.</summary>
    public static BertModel Create(
        BertConfig config, BertTokenizer tokenizer, StaticTable table, BertSentenceOptions sentence, string name) =>
        new(config with { HiddenSize = table.Width, VocabSize = table.Tokens }, tokenizer, null, sentence, name, table: table);

    /// <summary>Writes <c>config.json</c> and the table.</summary>
    public static void Write(BertModel model, StaticTable table, Func<string, Stream> create)
    {
        var fields = new Dictionary<string, object?>
        {
            ["model_type"] = model.Config.ModelType,
            ["architectures"] = (string[])[model.Config.Family.EncoderClass],
            [NormalizeName] = model.Sentence.Normalize,
        };
        foreach (ConfigField field in model.Config.Family.Fields)
        {
            if (field.Write is { } write)
                fields[field.Name] = write(model.Config);
        }
        using (var writer = new StreamWriter(create(ConfigName)))
            writer.Write(JsonFile.Merge(model.Config.Source, fields));
        using Stream stream = create(WeightFiles.Single);
        new Safetensors(table.Tensors, Safetensors.DefaultMetadata).Write(stream);
    }

    private static StaticTable ReadTable(FileSource files)
    {
        string file = files.Describe(WeightFiles.Single);
        if (!files.Contains(WeightFiles.Single))
            throw new FileNotFoundException(
                $"'{file}' does not exist, so the table of static embeddings is missing. A pytorch_model.bin is not read, because " +
                "opening a pickle runs the code in it. Save the model as safetensors, or copy the whole checkpoint.", file);
        using Stream stream = files.Open(WeightFiles.Single);
        IReadOnlyList<BertTensor> tensors = Safetensors.Read(stream, files.Length(WeightFiles.Single), file).Tensors;
        BertTensor? Find(string name) => tensors.FirstOrDefault(tensor => tensor.Name == name);

        BertTensor vectors = Find(StaticTable.SentenceName) ?? Find(StaticTable.VectorName)
            ?? throw new InvalidDataException(
                $"'{file}' has neither a tensor '{StaticTable.SentenceName}' nor '{StaticTable.VectorName}'. Copy or download the whole " +
                "checkpoint.");
        Check(vectors, file, type => type.IsWeight() || type == TensorType.I8, "floats or int8", dimensions: 2);
        bool isPlain = vectors.Name == StaticTable.SentenceName;
        BertTensor? weights = isPlain ? null : Find(StaticTable.WeightsName), mapping = isPlain ? null : Find(StaticTable.MappingName);
        if (weights is not null)
            Check(weights, file, type => type.IsWeight() || type == TensorType.F64, "floats", dimensions: 1);
        if (mapping is not null)
            Check(mapping, file, type => type is TensorType.I32 or TensorType.I64, "integers", dimensions: 1);
        if (weights is not null && weights.Count != (mapping ?? vectors).Shape[0])
            throw new InvalidDataException(
                $"'{StaticTable.WeightsName}' in '{file}' has {weights.Count} values for {(mapping ?? vectors).Shape[0]} tokens. Copy or " +
                "download the whole checkpoint.");
        var table = new StaticTable(vectors, weights, mapping);
        return table.WrongRow is not { } row ? table : throw new InvalidDataException(
            $"'{StaticTable.MappingName}' in '{file}' refers to the vector {row}, but there are {table.Rows}. Copy or download the whole " +
            "checkpoint.");
    }

    private static void Check(BertTensor tensor, string file, Func<TensorType, bool> fits, string due, int dimensions)
    {
        if (!fits(tensor.Type) || tensor.Shape.Length != dimensions || tensor.Count == 0)
            throw new InvalidDataException(
                $"'{tensor.Name}' in '{file}' is {tensor.Type} of the shape {ShapeText.Of(tensor.Shape)}; expected {due} with " +
                $"{dimensions} dimensions. Copy or download the whole checkpoint.");
        if (!FiniteWeights.AreFinite(tensor))
            throw FiniteWeights.NotFinite(tensor, file);
    }
}
