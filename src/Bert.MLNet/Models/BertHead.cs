namespace Bert.MLNet.Models;

/// <summary>What may stand on an encoder, named as HuggingFace's classes are after <c>BertFor</c> or <c>DistilBertFor</c>.</summary>
internal enum BertHead
{
    /// <summary>A row's labels.</summary>
    SequenceClassification,

    /// <summary>Each token's labels.</summary>
    TokenClassification,

    /// <summary>Where an answer starts and ends.</summary>
    QuestionAnswering,

    /// <summary>The words under masks.</summary>
    MaskedLM,

    /// <summary>Whether the second text follows the first.</summary>
    NextSentencePrediction,
}

internal static class BertHeads
{
    /// <summary>Why a checkpoint has not this head; null when it has.</summary>
    /// <remarks>
    /// Tensors alone do not tell: token classification and sequence classification both call theirs <c>classifier</c>. So an architecture
    /// that is named after another task is believed.
    /// </remarks>
    public static string? WhyNot(BertHead head, BertConfig config, BertWeights weights)
    {
        string family = Family(config);
        string architecture = config.Architectures is [string first, ..] ? first : "";
        bool isAnother = architecture != family + head && Enum.GetNames<BertHead>().Append("MultipleChoice").Any(name => architecture == family + name);
        if (!isAnother && ExpectedTensors.Head(config, head).All(tensor => weights.Contains(tensor.Name)))
            return null;
        string kind = architecture.Length > 0 ? $"is a {architecture}" : "names no architecture and has no such tensors";
        return $"has no head for this: it {kind}, and {family}{head} with {Count(config, head)} is needed. Fine-tune it for the task first, or open a checkpoint that was.";
    }

    /// <summary>The config of a checkpoint with this head in place of its own.</summary>
    public static BertConfig WithHead(this BertConfig config, BertHead head, IEnumerable<string> labels, string? problemType = null) => config with
    {
        Architectures = [Family(config) + head],
        Id2Label = labels.Index().ToDictionary(label => label.Index, label => label.Item),
        ProblemType = problemType,
    };

    private static string Family(BertConfig config) => config.IsDistilBert ? "DistilBertFor" : "BertFor";

    private static string Count(BertConfig config, BertHead head) =>
        head is BertHead.SequenceClassification or BertHead.TokenClassification ? $"{config.NumLabels} labels" : "its tensors";
}
