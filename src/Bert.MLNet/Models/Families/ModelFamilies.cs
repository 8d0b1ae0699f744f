using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models.Families;

/// <summary>The supported families of checkpoints.</summary>
internal static class ModelFamilies
{
    /// <summary>The default family.</summary>
    public const string DefaultModelType = BertFamily.ModelType;

    public static IReadOnlyList<ModelFamily> All { get; } =
    [
        BertFamily.Create(), DistilBertFamily.Create(), MPNetFamily.Create(), ModernBertFamily.Create(), DebertaV2Family.Create(),
        .. RobertaFamily.Create(), ElectraFamily.Create(), AlbertFamily.Create(), NomicBertFamily.Create(),
    ];

    /// <summary>The family of tables of static embeddings, which are not encoders.</summary>
    public static ModelFamily Static { get; } = StaticFamily.Create();

    /// <summary>Gets the family of a <c>model_type</c>.</summary>
    /// <param name="modelType">The <c>model_type</c>.</param>
    /// <param name="file">The name of the file that contains it, for messages.</param>
    /// <exception cref="NotSupportedException">The family is not supported.</exception>
    public static ModelFamily Get(string modelType, string file = "config.json") =>
        Find(modelType)
        ?? throw new NotSupportedException(
            $"model_type '{PrintableText.Of(modelType)}' in '{file}' is not supported. Use a checkpoint of one of the supported types: " +
            $"{string.Join(", ", All.Select(family => family.ModelType).Order(StringComparer.Ordinal))}.");

    /// <summary>Gets the family of a decoder.</summary>
    /// <inheritdoc cref="Get" path="/param"/>
    /// <exception cref="NotSupportedException">The family is not supported, or cannot be a decoder.</exception>
    public static ModelFamily GetDecoder(string modelType, string file) => Get(modelType, file) is { CanDecode: true } family
        ? family
        : throw new NotSupportedException(
            $"model_type '{modelType}' in '{file}' cannot be a decoder. Use one of " +
            $"{string.Join(", ", All.Where(other => other.CanDecode).Select(other => other.ModelType).Order(StringComparer.Ordinal))}.");

    /// <summary>Gets the family of a <c>model_type</c>; one that is not supported can only be run as a graph.</summary>
    public static ModelFamily OrGraph(string modelType) => Find(modelType) ?? GraphFamily.Create(modelType);

    /// <summary>Gets the family of a <c>config.json</c>.</summary>
    /// <param name="config">The content of the file.</param>
    /// <param name="file">The name of the file, for messages.</param>
    /// <param name="runsGraph">Whether the checkpoint runs an ONNX graph, for which the family need not be supported.</param>
    /// <inheritdoc cref="Get" path="/exception"/>
    public static ModelFamily Of(JsonFields config, string file, bool runsGraph) => config.Text("model_type") is { } name
        ? runsGraph ? OrGraph(name) : Get(name, file)
        : All.FirstOrDefault(family => family.Recognizes(config)) ?? Get(DefaultModelType);

    private static ModelFamily? Find(string modelType) =>
        All.Append(Static).FirstOrDefault(family => family.ModelType == modelType);
}
