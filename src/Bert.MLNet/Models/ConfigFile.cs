using System.Globalization;
using System.Text.Json;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models;

/// <summary><c>config.json</c>, under the field names of its family.</summary>
internal static class ConfigFile
{
    private static readonly string[] ProblemTypes = ["regression", "single_label_classification", "multi_label_classification"];

    private const string LstmSize = "classifier_lstm_size";

    // Far more than any classifier has: an implausible number must not become names.
    private const int MaxNamelessLabels = 1_000_000;

    /// <summary>Reads a config.</summary>
    /// <param name="json">The text.</param>
    /// <param name="file">The name of the file in messages.</param>
    /// <param name="runsGraph">Whether the checkpoint runs an ONNX graph, which contains the arithmetic. Only sizes and labels matter then,
    /// and the family can be any.</param>
    /// <param name="isDecoder">Whether the config is that of a decoder.</param>
    public static BertConfig Read(string json, string file, bool runsGraph, bool isDecoder = false)
    {
        JsonFields fields = JsonFields.Parse(json, file);
        ModelFamily family = ModelFamilies.Of(fields, file, runsGraph);
        if (isDecoder)
            ModelFamilies.GetDecoder(family.ModelType, file);
        if (!runsGraph)
            UnsupportedFields.Refuse(fields, family, file, isDecoder);
        BertConfig defaults = family.Defaults;
        BertConfig common = defaults with
        {
            ModelType = family.ModelType,
            VocabSize = fields.Whole("vocab_size", 1) ?? defaults.VocabSize,
            MaxPositionEmbeddings = fields.Whole("max_position_embeddings", 1) ?? defaults.MaxPositionEmbeddings,
            InitializerRange = fields.Number("initializer_range") ?? defaults.InitializerRange,
            PadTokenId = fields.Whole("pad_token_id", 0) ?? defaults.PadTokenId,
            ClassifierLstmSize = fields.Whole(LstmSize, 0) ?? 0,
            ProblemType = fields.Text("problem_type"),
            Id2Label = Labels(fields, file),
            Architectures = fields.Texts("architectures"),
            TieWordEmbeddings = fields.Flag("tie_word_embeddings") ?? true,
            IsDecoder = isDecoder,
            Source = json,
        };
        BertConfig config = family.Fields.Aggregate(common, (config, field) => field.Read(fields, config));
        Check(config, file);
        if (!runsGraph)
            CheckArithmetic(config, file);
        return config;
    }

    // num_labels could contradict id2label after a change.
    public static string Write(BertConfig config, bool outputHiddenStates)
    {
        Dictionary<string, object?> fields = Fields(config);
        if (outputHiddenStates)
            fields["output_hidden_states"] = true;
        return JsonFile.Merge(config.Source, fields, "num_labels", "_num_labels");
    }

    private static Dictionary<string, object?> Fields(BertConfig config)
    {
        var fields = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["architectures"] = config.Architectures.Count > 0 ? config.Architectures : null,
            ["model_type"] = config.ModelType,
            ["vocab_size"] = config.VocabSize,
            ["max_position_embeddings"] = config.MaxPositionEmbeddings,
            ["initializer_range"] = config.InitializerRange,
            ["pad_token_id"] = config.PadTokenId,
            ["problem_type"] = config.ProblemType,
            [LstmSize] = config.ClassifierLstmSize > 0 ? config.ClassifierLstmSize : null,
            ["id2label"] = config.Id2Label,
            ["label2id"] = config.Id2Label.OrderBy(label => label.Key).DistinctBy(label => label.Value)
                .ToDictionary(label => label.Value, label => label.Key),
            ["tie_word_embeddings"] = config.TieWordEmbeddings,
        };
        if (config.IsDecoder)
            fields["is_decoder"] = fields["add_cross_attention"] = true;
        foreach (ConfigField field in config.Family.Fields)
        {
            if (field.Write is { } write)
                fields[field.Name] = write(config);
        }
        return fields;
    }

    private static IReadOnlyDictionary<int, string> Labels(JsonFields fields, string file)
    {
        Dictionary<int, string>? labels = null;
        if (fields.Members("id2label") is { } id2label)
        {
            labels = [];
            foreach (JsonProperty label in id2label)
            {
                if (!int.TryParse(label.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                    || label.Value.ValueKind != JsonValueKind.String)
                    throw fields.Wrong("id2label", label.Value, "a name for a whole number");
                labels[id] = label.Value.GetString()!;
            }
        }
        else if (fields.Members("label2id") is { } label2id)
        {
            labels = [];
            foreach (JsonProperty label in label2id)
            {
                if (label.Value.ValueKind != JsonValueKind.Number || !label.Value.TryGetInt32(out int id))
                    throw fields.Wrong("label2id", label.Value, "a whole number");
                labels[id] = label.Name;
            }
        }
        if (labels is null)
        {
            int count = fields.Whole("num_labels", 1, "_num_labels") ?? 2;
            return count <= MaxNamelessLabels
                ? BertConfig.DefaultLabels(count)
                : throw new InvalidDataException(
                    $"'num_labels' in '{file}' is {count}; expected at most {MaxNamelessLabels}. Correct the file, or name the labels in " +
                    "id2label.");
        }
        for (int id = 0; id < labels.Count; id++)
        {
            if (!labels.ContainsKey(id))
                throw new InvalidDataException(
                    $"'id2label' in '{file}' has {labels.Count} labels but none for {id}. Number the labels from 0 without gaps.");
        }
        return labels;
    }

    private static void Check(BertConfig config, string file)
    {
        if (config.PadTokenId >= config.VocabSize)
            throw new InvalidDataException(
                $"'pad_token_id' in '{file}' is {config.PadTokenId}, past the vocab_size of {config.VocabSize}. Correct the file.");
        if (config.ClassifierLstmSize > HeadLayer.LargestLstm)
            throw new InvalidDataException(
                $"'{LstmSize}' in '{file}' is {config.ClassifierLstmSize}; expected at most {HeadLayer.LargestLstm}. Correct the file.");
        if (config.ProblemType is { } problem && !ProblemTypes.Contains(problem))
            throw new InvalidDataException(
                $"'problem_type' in '{file}' is '{problem}'; expected one of {string.Join(", ", ProblemTypes)}. Correct the file.");
    }

    private static void CheckArithmetic(BertConfig config, string file)
    {
        if (config.HiddenSize % config.NumAttentionHeads != 0)
            throw new InvalidDataException(
                $"'{file}' has a hidden size of {config.HiddenSize}, which is not divisible by {config.NumAttentionHeads} attention " +
                "heads. Correct the file.");
        if (config.Shape.Rotary is not null && config.HiddenSize / config.NumAttentionHeads % 2 != 0)
            throw new InvalidDataException(
                $"'{file}' has heads of {config.HiddenSize / config.NumAttentionHeads} values, and rotary positions rotate pairs of " +
                "values. Correct the file.");
        if (config.HiddenSize % config.ConvGroups != 0)
            throw new InvalidDataException(
                $"'conv_groups' in '{file}' is {config.ConvGroups}, which does not divide the hidden size of {config.HiddenSize}. " +
                "Correct the file.");
        if (config.LayerNormEps <= 0)
            throw new InvalidDataException(
                $"'layer_norm_eps' in '{file}' is {config.LayerNormEps}; expected a number above 0. Correct the file.");
        if (BertActivationExtensions.Parse(config.HiddenAct) is null)
            throw new NotSupportedException(
                $"The activation function '{config.HiddenAct}' in '{file}' is not supported. Use a checkpoint with one of " +
                $"{BertActivationExtensions.Names}.");
        foreach ((string name, double probability) in new[] { ("hidden dropout", config.HiddenDropoutProb),
            ("attention dropout", config.AttentionProbsDropoutProb), ("classifier dropout", config.ClassifierDropout ?? 0),
            ("mlp dropout", config.MlpDropout), ("pooler dropout", config.PoolerDropout) })
        {
            if (probability is not (>= 0 and <= 1))
                throw new InvalidDataException($"The {name} in '{file}' is {probability}; expected a probability. Correct the file.");
        }
    }
}
