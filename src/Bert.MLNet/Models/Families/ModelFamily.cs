using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models.Families;

/// <summary>
/// Describes a HuggingFace <c>model_type</c> as data: its files, arithmetic and heads. The engines that run and train encoders interpret
/// these values and never check a family's name.
/// </summary>
internal sealed record ModelFamily
{
    /// <summary>The <c>model_type</c> of its <c>config.json</c>.</summary>
    public required string ModelType { get; init; }

    /// <summary>The prefix of its class names, such as <c>DistilBert</c> in <c>DistilBertForMaskedLM</c>.</summary>
    public required string ClassPrefix { get; init; }

    /// <summary>The <c>tokenizer_class</c> of a checkpoint whose files do not name one.</summary>
    public required string TokenizerClass { get; init; }

    /// <summary>The default values for fields that are missing in <c>config.json</c>.</summary>
    public required BertConfig Defaults { get; init; }

    /// <summary>The fields of <c>config.json</c> that families name differently.</summary>
    public required IReadOnlyList<ConfigField> Fields { get; init; }

    /// <summary>The fields of <c>config.json</c> for which only some values are supported. Default: none.</summary>
    public IReadOnlyList<LimitedField> Limits { get; init; } = [];

    /// <summary>
    /// Whether its checkpoints name Python code in <c>auto_map</c> that defines the family, and whose arithmetic this library has. The code
    /// is never run. Default: false.
    /// </summary>
    public bool ReplacesRemoteCode { get; init; }

    /// <summary>Whether it can be a decoder: its layers, each with attention to a source, write a text. Default: false.</summary>
    public bool CanDecode { get; init; }

    /// <summary>Its spelling of tensor names.</summary>
    public TensorNames Names { get; init; } = new();

    /// <summary>Recognizes a <c>config.json</c> without <c>model_type</c>, from before that field existed. Default: never.</summary>
    public Func<JsonFields, bool> Recognizes { get; init; } = _ => false;

    /// <summary>Gets the arithmetic of an encoder with the given config.</summary>
    public required Func<BertConfig, EncoderShape> Shape { get; init; }

    /// <summary>Gets the possible heads of an encoder with the given config.</summary>
    public required Func<BertConfig, IReadOnlyList<Head>> Heads
    {
        get;
        init => field = config => [.. value(config).Select(head => head.WithLstm(config))];
    }

    /// <summary>The prefix of the encoder's tensor names in files of models with a head. Default: the model type.</summary>
    public string EncoderPrefix { get => field ?? ModelType + "."; init; }

    /// <summary>The name of the class without a head.</summary>
    public string EncoderClass => ClassPrefix + "Model";

    /// <summary>Gets the name of the class with a head.</summary>
    /// <param name="task">The suffix of its name, such as <c>MaskedLM</c>.</param>
    public string ClassFor(string task) => $"{ClassPrefix}For{task}";
}
