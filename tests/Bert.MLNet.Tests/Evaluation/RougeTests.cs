using System.Text.Json.Nodes;
using Bert.MLNet.Evaluation;

namespace Bert.MLNet.Tests.Evaluation;

public sealed class RougeTests
{
    private static readonly string[] s_kinds = ["rouge1", "rouge2", "rougeL", "rougeLsum"];

    [Theory]
    [InlineData("plain", "tokens", false)]
    [InlineData("stemmed", "tokens_stemmed", true)]
    public void Scores_equal_the_reference(string scores, string tokens, bool stem)
    {
        JsonArray pairs = Reference()["pairs"]!.AsArray();
        Assert.Equal(44, pairs.Count);
        var all = new RougeCounter(stem);
        foreach (JsonNode? pair in pairs)
        {
            string summary = (string)pair!["hypothesis"]!, reference = (string)pair["reference"]!;
            Assert.Equal(Texts(pair[tokens]!["hypothesis"]), RougeTokens.Of(summary, stem));
            Assert.Equal(Texts(pair[tokens]!["reference"]), RougeTokens.Of(reference, stem));
            foreach ((string kind, Overlap overlap) in s_kinds.Zip(all.Add(summary, [reference])))
            {
                JsonNode expected = pair[scores]![kind]!;
                Assert.Equal((double)expected["precision"]!, overlap.Precision, 1e-9);
                Assert.Equal((double)expected["recall"]!, overlap.Recall, 1e-9);
                Assert.Equal((double)expected["f1"]!, overlap.F1, 1e-9);
            }
        }
        foreach ((string kind, RougeScore mean) in s_kinds.Zip(all.Means()))
            Assert.Equal((double)Reference()["mean_f1"]![$"{scores}/{kind}"]!, mean.F1Score, 1e-9);
    }

    [Fact]
    public void Stems_equal_the_reference()
    {
        JsonObject stems = Reference()["porter"]!.AsObject();
        Assert.Equal(217, stems.Count);
        Assert.Empty(
            from pair in stems
            let stem = PorterStemmer.Stem(pair.Key)
            where stem != (string)pair.Value!
            select $"{pair.Key}: {stem} instead of {pair.Value}");
    }

    /// <summary>Examples of Porter's paper, and of the exceptions that NLTK makes.</summary>
    [Theory]
    [InlineData("caresses ponies ties caress cats", "caress poni tie caress cat")]
    [InlineData("feed agreed plastered bled motoring sing", "feed agre plaster bled motor sing")]
    [InlineData("hopping falling hissing failing filing sized", "hop fall hiss fail file size")]
    [InlineData("happy sky enjoy syzygy", "happi sky enjoy syzygi")]
    [InlineData("relational rational vietnamization analogousli", "relat ration vietnam analog")]
    [InlineData("triplicate formative hopeful goodness", "triplic form hope good")]
    [InlineData("revival adjustable adoption homologou", "reviv adjust adopt homolog")]
    [InlineData("probate rate controll roll", "probat rate control roll")]
    [InlineData("died spied geologi naturalli is yyyyy yyyyyy", "die spi geolog natur is yyyyy yyyyyi")]
    public void Stems_are_those_of_the_paper(string words, string stems) =>
        Assert.Equal(stems, string.Join(' ', words.Split(' ').Select(PorterStemmer.Stem)));

    [Fact]
    public void Sentences_share_the_union_of_their_common_subsequences()
    {
        // Lin's example: the union of w1 w2 and w1 w3 w5 has 4 of 5 words.
        Overlap overlap = Rouge.LongestOfSentences(
            [["w1", "w2", "w6", "w7", "w8"], ["w1", "w3", "w8", "w9", "w5"]], [["w1", "w2", "w3", "w4", "w5"]]);
        Assert.Equal((0.4, 0.8), (overlap.Precision, overlap.Recall));
    }

    private static string[] Texts(JsonNode? list) => [.. list!.AsArray().Select(text => (string)text!)];

    private static JsonNode Reference() => JsonNode.Parse(File.ReadAllText(Shared.Folder("reference", "metrics", "rouge.json")))!;
}
