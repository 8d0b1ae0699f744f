using Bert.MLNet.Samples;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Samples;

public sealed class SentimentSampleTests
{
    [Theory]
    [InlineData("reviews.tsv", "Text\tLabel\nso good\tyes\nvery bad, and poor\tno\n")]
    [InlineData("reviews.tsv", "Id\tlabel\ttext\n1\tyes\tso good\n2\tno\tvery bad, and poor\n")]
    [InlineData("reviews.csv", "Label,Stars,Text\nyes,5,so good\nno,1,\"very bad, and poor\"\n")]
    public void Texts_and_labels_are_found_by_the_names_of_their_columns(string name, string content)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder[name], content);
        IDataView data = SentimentSample.Load(new MLContext(), folder[name]);
        Assert.Equal(["so good", "very bad, and poor"], data.GetColumn<string>("Text"));
        Assert.Equal(["yes", "no"], data.GetColumn<string>("Label"));
    }

    [Fact]
    public void A_file_without_the_column_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["mine.tsv"], "Text\tStars\nfine\t4\n");
        var error = Assert.Throws<FormatException>(() => SentimentSample.Load(new MLContext(), folder["mine.tsv"]));
        Assert.Equal($"{folder["mine.tsv"]}: the first line must contain the column Label, but has only: Text, Stars.", error.Message);
    }

    [Fact]
    public void A_search_finds_a_model_that_is_as_good_on_the_test_texts_as_a_word_that_decides()
    {
        using var folder = new TemporaryFolder();
        foreach ((string name, string day) in new[] { ("train.tsv", "day"), ("test.tsv", "time") })
            File.WriteAllLines(folder[name], ["Text\tLabel", .. Enumerable.Range(0, 20)
                .Select(i => $"the {(i % 2 == 0 ? "great" : "poor")} {day} {i}\t{(i % 2 == 0 ? "yes" : "no")}")]);
        var ml = new MLContext(seed: 1);
        (string found, double accuracy) = SentimentSample.Search(ml, new TinyCheckpoint().Load(),
            SentimentSample.Load(ml, folder["train.tsv"]), SentimentSample.Load(ml, folder["test.tsv"]));
        Assert.NotEmpty(found);
        Assert.Equal(1, accuracy);
    }

    [Fact]
    public void The_classifier_tells_clear_texts_apart_and_does_so_after_loading()
    {
        using var folder = new TemporaryFolder();
        string[] good = ["great movie", "i love this great phone", "a good book and a good film", "we like it", "the service was great",
            "good price"];
        string[] bad = ["poor movie", "i hate this poor phone", "a bad book and a bad film", "they hate it", "the service was bad",
            "poor price"];
        File.WriteAllLines(folder["train.tsv"],
            ["Text\tLabel", .. good.Select(text => text + "\tpositive"), .. bad.Select(text => text + "\tnegative")]);

        var ml = new MLContext(seed: 1);
        IDataView train = SentimentSample.Load(ml, folder["train.tsv"]);
        ITransformer model = SentimentSample.Train(ml, new TinyCheckpoint().Load(), train);
        ml.Model.Save(model, train.Schema, folder["model.zip"]);
        var fresh = new MLContext();
        using var before = ml.Model.CreatePredictionEngine<SentimentSample.Review, SentimentSample.Prediction>(model);
        using var after = fresh.Model.CreatePredictionEngine<SentimentSample.Review, SentimentSample.Prediction>(
            fresh.Model.Load(folder["model.zip"], out _));

        foreach ((string text, string label) in new[] { ("a great and good day", "positive"), ("a bad and poor day", "negative") })
        {
            var review = new SentimentSample.Review { Text = text };
            Assert.Equal(label, after.Predict(review).PredictedLabel);
            Assert.Equal(before.Predict(review).Score, after.Predict(review).Score);
        }
    }
}
