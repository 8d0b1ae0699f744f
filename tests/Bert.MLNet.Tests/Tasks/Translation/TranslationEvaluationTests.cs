using Microsoft.ML;

namespace Bert.MLNet.Tests.Tasks.Translation;

public sealed class TranslationEvaluationTests
{
    private readonly MLContext _ml = new();

    [Fact]
    public void Columns_of_one_or_several_texts_are_compared()
    {
        TranslationMetrics one = _ml.MulticlassClassification.EvaluateTranslation(_ml.Data.LoadFromEnumerable(new[]
        {
            new { Target = "Two men stand here.", PredictedText = "Two men stand here." },
            new { Target = "A dog runs.", PredictedText = "A dog runs." },
        }));
        Assert.Equal(2, one.Count);
        Assert.Equal(100, one.Bleu.Score, 1e-9);
        Assert.Equal(100, one.Chrf.Score, 1e-9);
        Assert.Equal((9, 9), (one.Bleu.Length, one.Bleu.ReferenceLength));

        TranslationMetrics several = _ml.MulticlassClassification.EvaluateTranslation(
            _ml.Data.LoadFromEnumerable(new[]
            {
                new { Right = new[] { "", "Two men stand here." }, Best = new[] { "two men stand here.", "x" } },
                new { Right = new[] { "A dog runs.", "The dog is running." }, Best = new[] { "the dog is running.", "" } },
            }),
            "Right", "Best", new BleuOptions { Lowercase = true }, new ChrfOptions { Lowercase = true });
        Assert.Equal(100, several.Bleu.Score, 1e-9);
        Assert.Equal(100, several.Chrf.Score, 1e-9);
        Assert.Equal("nrefs:var|case:lc|eff:no|tok:13a|smooth:exp|version:2.6.0", several.Bleu.Signature);
    }

    [Fact]
    public void Columns_and_options_that_do_not_fit_are_refused()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(
            new[] { new { Target = "a", PredictedText = "a", Number = 1f, None = Array.Empty<string>() } });
        MulticlassClassificationCatalog catalog = _ml.MulticlassClassification;
        Assert.Throws<ArgumentOutOfRangeException>("labelColumnName", () => catalog.EvaluateTranslation(data, "Number"));
        Assert.Throws<ArgumentOutOfRangeException>(
            "predictedTextColumnName", () => catalog.EvaluateTranslation(data, predictedTextColumnName: "Other"));
        Assert.Throws<ArgumentOutOfRangeException>(
            "SmoothingValue", () => catalog.EvaluateTranslation(data, bleu: new() { SmoothingValue = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(
            "CharacterOrder", () => catalog.EvaluateTranslation(data, chrf: new() { CharacterOrder = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>("WordOrder", () => catalog.EvaluateTranslation(data, chrf: new() { WordOrder = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>("Beta", () => catalog.EvaluateTranslation(data, chrf: new() { Beta = double.NaN }));
        Assert.Contains("'None'", Assert.Throws<InvalidOperationException>(() => catalog.EvaluateTranslation(data, "None")).Message,
            StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => catalog.EvaluateTranslation(_ml.Data.SkipRows(data, 1)));
    }
}
