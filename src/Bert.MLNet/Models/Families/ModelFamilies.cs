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
        .. RobertaFamily.Create(), ElectraFamily.Create(), AlbertFamily.Create(),
    ];

    /// <summary>Gets the family of a <c>model_type</c>.</summary>
    /// <param name="modelType">The <c>model_type</c>.</param>
    /// <param name="file">The name of the file that contains it, for messages.</param>
    /// <exception cref="NotSupportedException">The family is not supported.</exception>
    public static ModelFamily Get(string modelType, string file = "config.json") =>
        All.FirstOrDefault(family => family.ModelType == modelType)
        ?? throw new NotSupportedException(
            $"model_type '{PrintableText.Of(modelType)}' in '{file}' is not supported. Use a checkpoint of one of the supported types: " +
            $"{string.Join(", ", All.Select(family => family.ModelType).Order(StringComparer.Ordinal))}.");

    /// <summary>Gets the family of a <c>config.json</c>.</summary>
    /// <inheritdoc cref="Get" path="/exception"/>
    public static ModelFamily Of(JsonFields config, string file) => config.Text("model_type") is { } name
        ? Get(name, file)
        : All.FirstOrDefault(family => family.Recognizes(config)) ?? Get(DefaultModelType);
}
