using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models.Families;

/// <summary>
/// What distinguishes one <c>model_type</c> of HuggingFace's from another, as data: how it is written down in files, its arithmetic and its
/// heads.
/// The engines that run and train encoders interpret these values and never ask for a family's name.
/// </summary>
internal sealed record ModelFamily
{
    /// <summary>The <c>model_type</c> of its <c>config.json</c>.</summary>
    public required string ModelType { get; init; }

    /// <summary>What the names of its classes begin with: <c>DistilBert</c> of <c>DistilBertForMaskedLM</c>.</summary>
    public required string ClassPrefix { get; init; }

    /// <summary>The <c>tokenizer_class</c> of a checkpoint whose files name none.</summary>
    public required string TokenizerClass { get; init; }

    /// <summary>What <c>config.json</c> means where a field is absent.</summary>
    public required BertConfig Defaults { get; init; }

    /// <summary>The fields of <c>config.json</c> that families name differently.</summary>
    public required IReadOnlyList<ConfigField> Fields { get; init; }

    /// <summary>Its spelling of tensor names.</summary>
    public TensorNames Names { get; init; } = new();

    /// <summary>Recognizes a <c>config.json</c> without <c>model_type</c>, from before that field existed. Default: never.</summary>
    public Func<JsonFields, bool> Recognizes { get; init; } = _ => false;

    /// <summary>The arithmetic of an encoder of that config.</summary>
    public required Func<BertConfig, EncoderShape> Shape { get; init; }

    /// <summary>The heads that an encoder of that config may have.</summary>
    public required Func<BertConfig, IReadOnlyList<Head>> Heads { get; init; }

    /// <summary>What the encoder's tensor names begin with in the file of a model with a head. Default: the model type.</summary>
    public string EncoderPrefix { get => field ?? ModelType + "."; init; }

    /// <summary>The name of the class without a head.</summary>
    public string EncoderClass => ClassPrefix + "Model";

    /// <summary>The name of the class with a head.</summary>
    /// <param name="task">The end of its name, such as <c>MaskedLM</c>.</param>
    public string ClassFor(string task) => $"{ClassPrefix}For{task}";
}
