using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace Bert.MLNet.Pretraining.Evaluation;

/// <summary>
/// WNUT-17, CoNLL-2003 and BC5CDR: named entities in posts, news and abstracts, trained on the training set and tested on the
/// development set.
/// </summary>
internal sealed class EntityTask : FineTuningTask
{
    private readonly (Post[] Train, Post[] Test)[] _splits;

    /// <param name="folder">The folder of the data set.</param>
    /// <param name="train">The file of the training set.</param>
    /// <param name="test">The file of the development set.</param>
    /// <param name="separator">What stands between a word and its tag.</param>
    /// <param name="rows">The number of training rows, in five random draws; null for all.</param>
    public EntityTask(string folder, string train, string test, char separator, int? rows) =>
        _splits = Few([(Read(Path.Combine(folder, train), separator), Read(Path.Combine(folder, test), separator))], rows);

    public override int Splits => _splits.Length;

    public override int TrainRows => _splits[0].Train.Length;

    public override IReadOnlyList<(string Name, double Value)> Measure(FineTuningSettings settings, int split)
    {
        MLContext ml = settings.ML;
        (Post[] train, Post[] test) = _splits[split];
        IDataView scored;
        IDisposable? disposable = null;
        if (settings.Model is not null)
        {
            var fitted = ml.Transforms.Conversion.MapValueToKey(nameof(Post.Label))
                .Append(ml.MulticlassClassification.Trainers.NamedEntityRecognition(
                    settings.Common(new NamedEntityRecognitionTrainer.Options { Sentence1ColumnName = nameof(Post.Words) })))
                .Fit(ml.Data.LoadFromEnumerable(train));
            disposable = fitted;
            scored = fitted.Transform(ml.Data.LoadFromEnumerable(test));
        }
        else
            scored = ml.Data.LoadFromEnumerable(NGrams(ml, train, test));
        using (disposable)
        {
            NamedEntityMetrics metrics = ml.MulticlassClassification.EvaluateNamedEntities(scored);
            return [("F1", 100 * metrics.Micro.F1Score), ("precision", 100 * metrics.Micro.Precision),
                ("recall", 100 * metrics.Micro.Recall)];
        }
    }

    /// <summary>The baseline: each word and its neighbors, as n-grams.</summary>
    private static List<TaggedPost> NGrams(MLContext ml, Post[] train, Post[] test)
    {
        using var model = ml.Transforms.Conversion.MapValueToKey(nameof(WordInPost.Label))
            .Append(ml.Transforms.Text.FeaturizeText("Own", nameof(WordInPost.Word)))
            .Append(ml.Transforms.Text.FeaturizeText("Left", nameof(WordInPost.Before)))
            .Append(ml.Transforms.Text.FeaturizeText("Right", nameof(WordInPost.After)))
            .Append(ml.Transforms.Concatenate("Features", "Own", "Left", "Right"))
            .AppendCacheCheckpoint(ml)
            .Append(ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(
                new SdcaMaximumEntropyMulticlassTrainer.Options { NumberOfThreads = 1 }))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"))
            .Fit(ml.Data.LoadFromEnumerable(train.SelectMany(Words)));
        string[] tags = [.. model.Transform(ml.Data.LoadFromEnumerable(test.SelectMany(Words))).GetColumn<string>("PredictedLabel")];
        var tagged = new List<TaggedPost>();
        int at = 0;
        foreach (Post post in test)
        {
            tagged.Add(new TaggedPost { Label = post.Label, PredictedLabel = tags[at..(at + post.Words.Length)] });
            at += post.Words.Length;
        }
        return tagged;
    }

    private static IEnumerable<WordInPost> Words(Post post) => post.Words.Select((word, i) => new WordInPost
    {
        Word = word,
        Before = i > 0 ? post.Words[i - 1] : "",
        After = i + 1 < post.Words.Length ? post.Words[i + 1] : "",
        Label = post.Label[i],
    });

    /// <summary>
    /// Reads CoNLL's format: a word, other columns and its tag per line, a blank line after each text. In CoNLL-2003's tags (IOB1), an
    /// entity begins with I unless it follows another of its kind; here, all begin with B.
    /// </summary>
    private static Post[] Read(string path, char separator)
    {
        var posts = new List<Post>();
        var words = new List<(string Word, string Tag)>();
        foreach (string line in DataLines.Read(path).Append(""))
        {
            if (line.StartsWith("-DOCSTART-", StringComparison.Ordinal))
                continue;
            if (line.Split(separator) is [{ Length: > 0 } word, .., string last])
            {
                string tag = last.Trim(), before = words.Count > 0 ? words[^1].Tag : "O";
                bool begins = tag.StartsWith("I-", StringComparison.Ordinal) && (before == "O" || before[1..] != tag[1..]);
                words.Add((word, begins ? $"B-{tag[2..]}" : tag));
            }
            else if (words.Count > 0)
            {
                posts.Add(new Post { Words = [.. words.Select(pair => pair.Word)], Label = [.. words.Select(pair => pair.Tag)] });
                words.Clear();
            }
        }
        return [.. posts];
    }

    private sealed class Post
    {
        public string[] Words { get; set; } = [];

        public string[] Label { get; set; } = [];
    }

    private sealed class TaggedPost
    {
        public string[] Label { get; set; } = [];

        public string[] PredictedLabel { get; set; } = [];
    }

    private sealed class WordInPost
    {
        public string Word { get; set; } = "";

        public string Before { get; set; } = "";

        public string After { get; set; } = "";

        public string Label { get; set; } = "";
    }
}
