using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Data;

/// <summary>What data/README.md promises about the files in data/.</summary>
public sealed partial class DataFilesTests
{
    private static readonly string[][] Train = Rows("reviews.tsv");
    private static readonly string[][] Test = Rows("reviews.test.tsv");
    private static readonly string[][] Pairs = Rows("sentence-pairs.tsv");

    [Theory]
    [InlineData("reviews.tsv", "Text\tLabel", 650)]
    [InlineData("reviews.test.tsv", "Text\tLabel", 200)]
    [InlineData("sentence-pairs.tsv", "Sentence1\tSentence2\tSimilarity", 266)]
    [InlineData("articles.tsv", "Title\tText", 60)]
    public void Every_row_has_the_columns_of_the_header(string file, string header, int rows)
    {
        string text = File.ReadAllText(PathOf(file));
        Assert.DoesNotContain('\r', text);
        Assert.DoesNotContain('"', text);
        Assert.Equal(header, text[..text.IndexOf('\n', StringComparison.Ordinal)]);

        string[][] fields = Rows(file);
        Assert.Equal(rows, fields.Length);
        int columns = header.Count(character => character == '\t') + 1;
        Assert.All(fields, row =>
        {
            Assert.Equal(columns, row.Length);
            Assert.All(row, field => Assert.True(field.Length > 0 && field == field.Trim(), $"'{field}' is empty or padded"));
        });
    }

    [Fact]
    public void Reviews_are_balanced()
    {
        Assert.Equal(325, Train.Count(row => row[1] == "1"));
        Assert.Equal(325, Train.Count(row => row[1] == "0"));
        Assert.Equal(100, Test.Count(row => row[1] == "1"));
        Assert.Equal(100, Test.Count(row => row[1] == "0"));
    }

    [Fact]
    public void No_two_reviews_of_train_and_test_share_half_of_their_words()
    {
        var reviews = Train.Concat(Test).Select(row => (Text: row[0], Words: Words(row[0]))).ToArray();
        for (int i = 0; i < reviews.Length; i++)
            for (int j = 0; j < i; j++)
            {
                int common = reviews[i].Words.Count(reviews[j].Words.Contains);
                int all = reviews[i].Words.Count + reviews[j].Words.Count - common;
                Assert.True(2 * common < all, $"'{reviews[i].Text}' repeats '{reviews[j].Text}'");
            }
    }

    [Fact]
    public void Similarities_cover_the_scale_from_0_to_5()
    {
        float[] scores = [.. Pairs.Select(row => float.Parse(row[2], CultureInfo.InvariantCulture))];
        Assert.All(scores, score => Assert.InRange(score, 0f, 5f));
        for (float from = 0; from <= 5; from += 0.5f)
            Assert.True(scores.Count(score => score >= from && score < from + 0.5f) >= 9, $"fewer than 9 pairs from {from}");
        Assert.Equal(Pairs.Length, Pairs.Select(row => (row[0], row[1])).Distinct().Count());
    }

    [Fact]
    public void ML_NET_reads_the_reviews_as_they_stand()
    {
        var ml = new MLContext(seed: 1);
        IDataView data = ml.Data.LoadFromTextFile<Review>(PathOf("reviews.tsv"), hasHeader: true);
        Review[] read = [.. ml.Data.CreateEnumerable<Review>(data, reuseRowObject: false)];
        Assert.Equal(Train.Select(row => row[0]), read.Select(review => review.Text));
        Assert.Equal(Train.Select(row => row[1] == "1"), read.Select(review => review.Label));
    }

    private static string PathOf(string file) => Path.Combine(Shared.Repository, "data", file);

    private static string[][] Rows(string file) =>
        [.. File.ReadAllLines(PathOf(file)).Skip(1).Select(line => line.Split('\t'))];

    private static HashSet<string> Words(string text) => [.. Word().Matches(text.ToLowerInvariant()).Select(match => match.Value)];

    [GeneratedRegex(@"[\w']+")]
    private static partial Regex Word();

    private sealed class Review
    {
        [LoadColumn(0)] public string Text { get; set; } = "";
        [LoadColumn(1)] public bool Label { get; set; }
    }
}
