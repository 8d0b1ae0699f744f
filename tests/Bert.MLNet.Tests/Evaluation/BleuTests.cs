using System.Text.Json.Nodes;
using Bert.MLNet.Evaluation;

namespace Bert.MLNet.Tests.Evaluation;

public sealed class BleuTests
{
    private static readonly Dictionary<string, BleuOptions> s_settings = new()
    {
        ["default"] = new(),
        ["lowercase"] = new() { Lowercase = true },
        ["floor"] = new() { Smoothing = BleuSmoothing.Floor },
        ["add-k"] = new() { Smoothing = BleuSmoothing.AddK },
        ["none"] = new() { Smoothing = BleuSmoothing.None },
        ["smooth-none"] = new() { Smoothing = BleuSmoothing.None },
        ["tokenize-none"] = new() { Tokenization = BleuTokenization.None },
    };

    [Fact]
    public void Scores_of_sentences_equal_the_reference()
    {
        JsonNode[] pairs = Pairs();
        Assert.Equal(44, pairs.Length);
        foreach (JsonNode pair in pairs)
        {
            string[] references = Texts(pair["references"]);
            Assert.Equal(pair["tokenized_13a"]!["hypothesis"]!.ToString(), Joined((string)pair["hypothesis"]!));
            Assert.Equal(Texts(pair["tokenized_13a"]!["references"]), references.Select(Joined));
            foreach ((string setting, JsonNode? expected) in pair["sentence_bleu"]!.AsObject())
            {
                BleuOptions options = setting == "no-effective-order" ? new() : s_settings[setting] with { EffectiveOrder = true };
                AssertEqual(expected!, Score(options, [((string)pair["hypothesis"]!, references)]), $"{pair["id"]} {setting}");
            }
        }
    }

    [Fact]
    public void Scores_and_signatures_of_corpora_equal_the_reference()
    {
        Dictionary<string, JsonNode> pairs = Pairs().ToDictionary(pair => (string)pair["id"]!);
        JsonArray corpora = Reference()["corpus"]!.AsArray();
        Assert.Equal(30, corpora.Count);
        foreach (JsonNode? corpus in corpora)
        {
            (string, string[])[] texts = corpus!["hypotheses"] is { } hypotheses
                ? [.. Texts(hypotheses).Zip(corpus["references"]!.AsArray(), (text, references) => (text, Texts(references)))]
                : [.. Texts(corpus["ids"]).Select(id => ((string)pairs[id]["hypothesis"]!, References(corpus, pairs[id])))];
            BleuScore score = Score(s_settings[(string)corpus["settings"]!], texts);
            AssertEqual(corpus, score, $"{corpus["group"]} {corpus["settings"]}");
            Assert.Equal((string)corpus["signature"]!, score.Signature);
        }
    }

    [Fact]
    public void A_score_is_the_one_on_paper()
    {
        // 4 of 5 words, 2 of 4 pairs, 1 of 3 triples, 0 of 2 quadruples (half a match), for a reference of 6 words.
        BleuScore score = Score(new(), [("the cat sat on mats", ["the cat sat on my mat"])]);
        Assert.Equal([80, 75, 200 / 3.0, 50], score.Precisions, new Within(1e-9));
        Assert.Equal(Math.Exp(1 - 6 / 5.0), score.BrevityPenalty, 1e-12);
        Assert.Equal(100 * Math.Exp(-0.2) * Math.Pow(0.8 * 0.75 * 2 / 3 * 0.5, 0.25), score.Score, 1e-9);

        BleuScore two = Score(new(), [("a b c", ["c b a"])]);
        Assert.Equal([100, 25, 25, 0], two.Precisions, new Within(1e-9));
        Assert.Equal(0, two.Score, 1e-9);
        Assert.Equal(100 * Math.Cbrt(0.25 * 0.25), Score(new() { EffectiveOrder = true }, [("a b c", ["c b a"])]).Score, 1e-9);
    }

    [Fact]
    public void Characters_are_code_points_without_white_space()
    {
        BleuScore score = Score(new() { Tokenization = BleuTokenization.Characters }, [("你好 😀 ab", ["你好😀b"])]);
        Assert.Equal((5, 4), (score.Length, score.ReferenceLength));
        Assert.Equal([4, 2, 1, 0], score.Matches);
        Assert.Contains("tok:char", score.Signature, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ΟΔΟΣ ΣΑΣ Σ", "οδος σας σ")]
    [InlineData("ΣΑΣ'Σ İ ǅ", "σασ'ς i̇ ǆ")]
    public void Texts_are_lowered_as_in_Python(string text, string expected) => Assert.Equal(expected, PythonText.Lower(text));

    private static BleuScore Score(BleuOptions options, (string Text, string[] References)[] texts)
    {
        var counter = new BleuCounter(options);
        foreach ((string text, string[] references) in texts)
            counter.Add(text, references);
        return counter.Score();
    }

    private static void AssertEqual(JsonNode expected, BleuScore score, string name)
    {
        Assert.True(Math.Abs((double)expected["score"]! - score.Score) < 1e-6, $"{name}: {score.Score} instead of {expected["score"]}.");
        Assert.Equal(Numbers(expected["precisions"]), score.Precisions, new Within(1e-6));
        Assert.Equal(Numbers(expected["counts"]), score.Matches);
        Assert.Equal(Numbers(expected["totals"]), score.Totals);
        Assert.Equal((double)expected["bp"]!, score.BrevityPenalty, 1e-6);
        Assert.Equal(((long)expected["sys_len"]!, (long)expected["ref_len"]!), (score.Length, score.ReferenceLength));
    }

    private static string Joined(string text) => string.Join(' ', BleuTokens.Of(text, new()));

    private static double[] Numbers(JsonNode? list) => [.. list!.AsArray().Select(number => (double)number!)];

    private static string[] Texts(JsonNode? list) => [.. list!.AsArray().Select(text => (string)text!)];

    private static string[] References(JsonNode corpus, JsonNode pair) =>
        ((string)corpus["signature"]!).StartsWith("nrefs:1", StringComparison.Ordinal)
            ? [.. Texts(pair["references"]).Take(1)]
            : Texts(pair["references"]);

    private static JsonNode[] Pairs() => [.. Reference()["pairs"]!.AsArray().Select(pair => pair!)];

    private static JsonNode Reference() => JsonNode.Parse(File.ReadAllText(Shared.Folder("reference", "metrics", "bleu.json")))!;

    private sealed class Within(double tolerance) : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) < tolerance;

        public int GetHashCode(double value) => 0;
    }
}
