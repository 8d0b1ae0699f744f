using Bert.MLNet.Evaluation;

namespace Bert.MLNet.Tests.Evaluation;

/// <summary>The expected scores are those that sacreBLEU's own tests publish, to four digits.</summary>
public sealed class ChrfTests
{
    private const string Risk =
        "risk assessment must be made of those who are qualified and expertise in the sector - these are the scientists .";

    private const string RiskReference =
        "risk assessment has to be undertaken by those who are qualified and expert in that area - that is the scientists .";

    private const string German = "Die Beziehung zwischen Obama und Netanjahu ist nicht gerade freundlich.";
    private const string GermanReference = "Das Verhältnis zwischen Obama und Netanyahu ist nicht gerade freundschaftlich.";

    [Theory]
    [InlineData("a", "a", 16.6667, 100)]
    [InlineData("aa", "ab", 8.3333, 25)]
    [InlineData("a b c", "abc", 50, 100)]
    [InlineData("a|b", "a|c", 8.3333, 50)]
    [InlineData("", "reference", 0, 0)]
    [InlineData("abcdefg", "hijklmnop", 0, 0)]
    public void Short_texts_score_as_published(string translations, string references, double smoothed, double effective)
    {
        Assert.Equal(smoothed, Score(new() { Beta = 3, EpsilonSmoothing = true }, translations, references), 1e-4);
        Assert.Equal(effective, Score(new() { Beta = 3 }, translations, references), 1e-4);
    }

    [Theory]
    [InlineData(Risk, RiskReference, 63.361730, 65.2414427)]
    [InlineData(German, GermanReference, 64.1302698, 67.3481606)]
    public void Sentences_score_as_published(string translation, string reference, double without, double with)
    {
        Assert.Equal(without, Score(new() { Beta = 3, EpsilonSmoothing = true }, translation, reference), 1e-4);
        Assert.Equal(with, Score(new() { Beta = 3, KeepWhitespace = true }, translation, reference), 1e-4);
    }

    [Theory]
    [InlineData("Co nás nejvíc trápí, protože lékaři si vybírají, kdo bude žít a kdo zemře.",
        "Nejvíce smutní jsme z toho, že musíme rozhodovat o tom, kdo bude žít a kdo zemře.", 39.14078509)]
    [InlineData("Nebo prostě nemají vybavení, které by jim pomohlo, uvedli lékaři.",
        "A někdy nemáme ani potřebný materiál, abychom jim pomohli, popsali lékaři.", 31.22557079)]
    [InlineData("Lapali po dechu, jejich životy skončily dřív, než skutečně začaly.",
        "Lapali po dechu a pak jejich život skončil - dřív, než skutečně mohl začít, připomněli.", 57.15704367)]
    public void Recall_weighs_twice_as_much_by_default(string translation, string reference, double expected) =>
        Assert.Equal(expected, Score(new() { EpsilonSmoothing = true }, translation, reference), 1e-4);

    [Fact]
    public void Words_count_beside_characters_as_on_paper()
    {
        ChrfOptions options = new() { CharacterOrder = 2, WordOrder = 1 };
        // Characters: "ab.c" and "abc". Words: "ab.c" and "abc".
        double precision = (3 / 4.0 + 1 / 3.0 + 0) / 3, recall = (3 / 3.0 + 1 / 2.0 + 0) / 3;
        Assert.Equal(100 * 5 * precision * recall / (4 * precision + recall), Score(options, "ab.c", "abc"), 1e-9);
        // "abc." loses its point as a word, so its word matches.
        precision = (3 / 4.0 + 2 / 3.0 + 1 / 2.0) / 3;
        recall = 1;
        Assert.Equal(100 * 5 * precision * recall / (4 * precision + recall), Score(options, "abc.", "abc"), 1e-9);
    }

    [Fact]
    public void The_best_reference_counts_and_the_signature_names_the_options()
    {
        var counter = new ChrfCounter(new() { Lowercase = true, WordOrder = 2 });
        counter.Add("Good 😀", ["bad", "good 😀"]);
        Assert.Equal(100, counter.Score().Score, 1e-9);
        Assert.Equal("nrefs:2|case:lc|eff:yes|nc:6|nw:2|space:no|version:2.6.0", counter.Score().Signature);
    }

    private static double Score(ChrfOptions options, string translations, string references)
    {
        var counter = new ChrfCounter(options);
        foreach ((string translation, string reference) in translations.Split('|').Zip(references.Split('|')))
            counter.Add(translation, [reference]);
        return counter.Score().Score;
    }
}
