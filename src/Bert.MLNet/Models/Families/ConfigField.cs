using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models.Families;

/// <summary>A field of <c>config.json</c> and the property of <see cref="BertConfig"/> that it sets.</summary>
/// <param name="Name">The name of the field.</param>
/// <param name="Read">Sets the property if the file has the field; otherwise returns the config unchanged.</param>
/// <param name="Write">The value for the file; null if the field keeps the value that was read.</param>
internal sealed record ConfigField(string Name, Func<JsonFields, BertConfig, BertConfig> Read, Func<BertConfig, object?>? Write)
{
    public static ConfigField HiddenSize(string name, params string[] otherNames) =>
        Whole(name, 1, config => config.HiddenSize, (config, value) => config with { HiddenSize = value }, otherNames);

    public static ConfigField EmbeddingSize { get; } =
        Whole("embedding_size", 1, config => config.EmbeddingWidth, (config, value) => config with { EmbeddingSize = value });

    public static ConfigField NumHiddenLayers(string name, params string[] otherNames) =>
        Whole(name, 1, config => config.NumHiddenLayers, (config, value) => config with { NumHiddenLayers = value }, otherNames);

    public static ConfigField NumAttentionHeads(string name, params string[] otherNames) =>
        Whole(name, 1, config => config.NumAttentionHeads, (config, value) => config with { NumAttentionHeads = value }, otherNames);

    public static ConfigField IntermediateSize(string name) =>
        Whole(name, 1, config => config.IntermediateSize, (config, value) => config with { IntermediateSize = value });

    public static ConfigField TypeVocabSize { get; } =
        Whole("type_vocab_size", 1, config => config.TypeVocabSize, (config, value) => config with { TypeVocabSize = value });

    /// <summary>The number of token types of a family whose encoders can do without.</summary>
    public static ConfigField OptionalTypeVocabSize { get; } =
        Whole("type_vocab_size", 0, config => config.TypeVocabSize, (config, value) => config with { TypeVocabSize = value });

    public static ConfigField RelativeAttentionNumBuckets { get; } = Whole(
        "relative_attention_num_buckets", RelativePositionBias.Buckets, config => config.RelativeAttentionNumBuckets,
        (config, value) => config with { RelativeAttentionNumBuckets = value });

    public static ConfigField HiddenAct(string name) => new(
        name,
        (fields, config) => fields.Text(name) is { } value ? config with { HiddenAct = value } : config,
        config => config.HiddenAct);

    public static ConfigField LayerNormEps { get; } = Epsilon("layer_norm_eps");

    public static ConfigField Epsilon(string name, params string[] otherNames) =>
        Number(name, config => config.LayerNormEps, (config, value) => config with { LayerNormEps = value }, otherNames);

    public static ConfigField HiddenDropout(string name, params string[] otherNames) =>
        Number(name, config => config.HiddenDropoutProb, (config, value) => config with { HiddenDropoutProb = value }, otherNames);

    public static ConfigField AttentionDropout(string name, params string[] otherNames) => Number(
        name, config => config.AttentionProbsDropoutProb, (config, value) => config with { AttentionProbsDropoutProb = value }, otherNames);

    public static ConfigField ClassifierDropout(string name) =>
        Number(name, config => config.ClassifierDropout, (config, value) => config with { ClassifierDropout = value });

    public static ConfigField Whole(
        string name, int minimum, Func<BertConfig, int> get, Func<BertConfig, int, BertConfig> set, params string[] otherNames) => new(
        name,
        (fields, config) => fields.Whole(name, minimum, otherNames) is { } value ? set(config, value) : config,
        config => get(config));

    public static ConfigField Flag(string name, Func<BertConfig, bool> get, Func<BertConfig, bool, BertConfig> set) => new(
        name,
        (fields, config) => fields.Flag(name) is { } value ? set(config, value) : config,
        config => get(config));

    public static ConfigField Text(string name, Func<BertConfig, string> get, Func<BertConfig, string, BertConfig> set) => new(
        name,
        (fields, config) => fields.Text(name) is { } value ? set(config, value) : config,
        get);

    public static ConfigField Number(
        string name, Func<BertConfig, double?> get, Func<BertConfig, double, BertConfig> set, params string[] otherNames) => new(
        name,
        (fields, config) => otherNames.Prepend(name).Select(fields.Number).FirstOrDefault(value => value is not null) is { } value
            ? set(config, value)
            : config,
        config => get(config));
}
