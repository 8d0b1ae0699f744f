using System.CommandLine;

namespace Bert.MLNet.Cli.Verbs;

/// <summary>The option <c>--truncation</c>, with HuggingFace's names.</summary>
internal static class TruncationOption
{
    private static readonly Dictionary<string, BertTruncation> Names = new()
    {
        ["longest_first"] = BertTruncation.LongestFirst,
        ["only_first"] = BertTruncation.OnlyFirst,
        ["only_second"] = BertTruncation.OnlySecond,
        ["none"] = BertTruncation.None,
    };

    public static Option<BertTruncation?> Create()
    {
        var option = new Option<BertTruncation?>("--truncation")
        {
            Description = "Which text to shorten if a row is too long.",
            CustomParser = result => Names[result.Tokens[0].Value],
        };
        option.AcceptOnlyFromAmong([.. Names.Keys]);
        return option;
    }
}
