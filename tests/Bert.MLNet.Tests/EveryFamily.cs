using System.Text.Json.Nodes;
using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Tests;

/// <summary>A small checkpoint of each family, and of variants that take other paths through the arithmetic.</summary>
internal static class EveryFamily
{
    // A family is a line. One whose configs change the arithmetic has a line for each.
    private static readonly Dictionary<string, (string ClassPrefix, JsonObject Config)> s_rows = new()
    {
        ["bert"] = ("Bert", []),
        ["distilbert"] = ("DistilBert", []),
        ["mpnet"] = ("MPNet", []),
        ["roberta"] = ("Roberta", []),
        ["xlm-roberta"] = ("XLMRoberta", []),
        ["camembert"] = ("Camembert", []),
        ["electra"] = ("Electra", []),
        ["albert"] = ("Albert", []),
        ["albert-groups"] = ("Albert", new() { ["num_hidden_groups"] = 2, ["inner_group_num"] = 2 }),
        ["deberta-v2"] = ("DebertaV2", new() { ["share_att_key"] = false }),
        ["deberta-v2-convolution"] = ("DebertaV2", new() { ["conv_kernel_size"] = 3, ["conv_act"] = "gelu" }),
        ["deberta-v3"] = ("DebertaV2", []),
        ["modernbert"] = ("ModernBert", []),
        ["modernbert-mean"] = ("ModernBert", new() { ["classifier_pooling"] = "mean" }),
        ["nomic_bert"] = ("NomicBert", []),
    };

    public static IEnumerable<string> All => s_rows.Keys;

    public static TheoryData<string> Names => [.. All];

    /// <summary>The families, each with each of its heads.</summary>
    public static TheoryData<string, string> Heads => [.. All.SelectMany(name => HeadsOf(name).Select(head => (name, $"{head}")))];

    /// <summary>The families that have a head.</summary>
    public static IEnumerable<string> With(HeadKind head) => All.Where(name => HeadsOf(name).Contains(head));

    public static IEnumerable<string> ClassPrefixes => s_rows.Values.Select(row => row.ClassPrefix);

    public static string ClassPrefix(string name) => s_rows[name].ClassPrefix;

    /// <summary>A checkpoint with the head of that name.</summary>
    public static TinyCheckpoint Checkpoint(string name, string head) => Checkpoint(name, Enum.Parse<HeadKind>(head));

    /// <summary>A checkpoint without a head, or with one.</summary>
    public static TinyCheckpoint Checkpoint(string name, HeadKind? head = null) => new()
    {
        Architecture = head is { } kind ? Family(name).ClassFor(HeadOf(name, kind).Task) : Family(name).EncoderClass,
        ExtraConfig = s_rows[name].Config,
        Seed = "every family",
    };

    // Of several classes with a head the tests know one.
    private static IEnumerable<HeadKind> HeadsOf(string name) => Family(name).Heads(Family(name).Defaults).Select(head => head.Kind);

    private static Head HeadOf(string name, HeadKind kind) => Family(name).Heads(Family(name).Defaults).First(head => head.Kind == kind);

    private static ModelFamily Family(string name) => ModelFamilies.All.Single(family => family.ClassPrefix == s_rows[name].ClassPrefix);
}
