using System.Globalization;
using Bert.MLNet.Pretraining.Evaluation;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Models;

/// <summary>What the model card of static-mini-en says.</summary>
public class IncludedTableTests
{
    private static readonly string s_card =
        File.ReadAllText(Path.Combine(Shared.Repository, "data", "models", "static-mini-en", "README.md"));

    [Fact]
    public void Its_cosines_agree_with_scores_of_STS_B_as_the_card_says()
    {
        string file = Shared.Folder("datasets", "stsb", "stsb-en-dev.csv");
        Assert.Equal(Figure("STS-B dev"), Similarity.Spearman(file, TextVectors.Of(BertModel.DefaultStatic)), 0.06);
    }

    [Theory]
    [InlineData("scifact", "SciFact"), InlineData("cisi", "CISI"), InlineData("medline", "MEDLINE"), InlineData("cacm", "CACM")]
    public void It_finds_as_many_documents_as_the_card_says(string folder, string name)
    {
        var ml = new MLContext();
        var set = new RetrievalData(Shared.Folder("datasets", folder));
        double gain = set.Evaluate(ml, BertModel.DefaultStatic, set.Queries).NormalizedDiscountedCumulativeGain;
        Assert.Equal(Figure(name), 100 * gain, 0.06);
    }

    /// <summary>The first figure in a row of the card's table.</summary>
    private static double Figure(string row) => double.Parse(
        s_card.Split('\n').Single(line => line.StartsWith($"| {row},", StringComparison.Ordinal)).Split('|')[2].Trim(' ', '*'),
        CultureInfo.InvariantCulture);
}
