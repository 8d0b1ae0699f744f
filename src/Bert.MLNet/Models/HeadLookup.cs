using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Models;

/// <summary>Finds the heads of a config and of a checkpoint.</summary>
internal static class HeadLookup
{
    private const string WhatToDo = "Fine-tune it for the task first, or open a checkpoint that was.";

    /// <summary>Gets the head of a kind for an encoder with the given config, or null if its family has none.</summary>
    public static Head? Head(this BertConfig config, HeadKind kind) =>
        config.Family.Heads(config).FirstOrDefault(head => head.Kind == kind);

    /// <summary>Whether the class that the checkpoint was saved from has the head.</summary>
    public static bool Names(this BertConfig config, Head head) =>
        config.Architectures is [string architecture, ..]
            && head.OtherClasses.Prepend(head.Task).Any(task => architecture == config.Family.ClassFor(task));

    /// <summary>
    /// Gets the reason why a checkpoint of its class does not have a head, or null if it can have it, or the class is not known.
    /// </summary>
    public static string? OtherClassReason(HeadKind kind, BertConfig config)
    {
        Head[] named = [.. config.Family.Heads(config).Where(config.Names)];
        return named.Length == 0 || named.Any(head => head.Kind == kind)
            ? null
            : $"has no head for this: it is a {config.Architectures[0]}, but {NeededClass(kind, config)} is needed. {WhatToDo}";
    }

    /// <summary>Gets the reason why a checkpoint does not have a head, or null if it does.</summary>
    /// <remarks>
    /// Tensors are not sufficient: token classification and sequence classification can both name theirs <c>classifier</c>. Therefore, an
    /// architecture that is named after another task takes precedence.
    /// </remarks>
    public static string? MissingReason(HeadKind kind, BertConfig config, BertWeights weights)
    {
        ModelFamily family = config.Family;
        string needed = NeededClass(kind, config);
        string architecture = config.Architectures is [string first, ..] ? first : "";
        bool isAnother = architecture != needed
            && Enum.GetNames<HeadKind>().Append("MultipleChoice").Any(task => architecture == family.ClassFor(task));
        if (!isAnother && config.Head(kind) is { } head && head.Tensors.All(tensor => weights.Contains(tensor.Name)))
            return null;
        string parts = kind is HeadKind.SequenceClassification or HeadKind.TokenClassification
            ? $"{config.NumLabels} labels"
            : "its tensors";
        string reason = architecture.Length > 0
            ? $"it is a {architecture}, but {needed} with {parts} is needed"
            : $"config.json does not name its class in 'architectures', and the weights do not contain the head of {needed} with {parts}";
        return $"has no head for this: {reason}. {WhatToDo}";
    }

    private static string NeededClass(HeadKind kind, BertConfig config) =>
        config.Family.ClassFor(config.Head(kind)?.Task ?? kind.ToString());

    /// <summary>Creates the config of a checkpoint with this head instead of its own.</summary>
    public static BertConfig WithHead(this BertConfig config, HeadKind kind, IEnumerable<string> labels, string? problemType = null) =>
        config with
    {
        Architectures = [config.Family.ClassFor(kind.ToString())],
        Id2Label = labels.Index().ToDictionary(label => label.Index, label => label.Item),
        ProblemType = problemType,
    };

    /// <summary>Creates a config with an LSTM of a size before the labels; null for the same config.</summary>
    public static BertConfig WithLstm(this BertConfig config, int? size) =>
        size is { } value ? config with { ClassifierLstmSize = value } : config;
}
