using Bert.MLNet.Evaluation;
using Bert.MLNet.Tests.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Tasks.SentenceEmbedding;

[Collection(UsesTorch.Name)]
public sealed class SentenceEmbeddingTrainerTests
{
    private static readonly string[] s_others = ["the", "a", "and", "it", "is", "was", "this", "that", "i", "you", "we", "they"];
    private static readonly string[] s_topics =
        ["good", "great", "love", "bad", "poor", "hate", "time", "day", "price", "film", "book", "food", "service", "place"];

    private readonly MLContext _ml = new(seed: 1);

    public static TheoryData<string> Losses => ["ranking", "triplet", "classes", "cosine", "cosent", "truncated"];

    [Theory]
    [MemberData(nameof(Losses))]
    public void Texts_of_a_topic_move_together_under_every_loss(string name)
    {
        SentenceLoss loss = LossOf(name);
        BertModel model = ToyLanguage.Model();
        SentenceEmbeddingTrainer trainer = _ml.Ranking.Trainers.SentenceEmbedding(new SentenceEmbeddingTrainer.Options
        {
            Model = model, Loss = loss, MaxEpochs = 6, BatchSize = 16, LearningRate = 3e-3,
            LabelColumnName = loss.Label == SentenceLabel.Similarity ? "Similarity" : "Label",
        });
        IDataView train = Data(200, seed: 1), test = Data(80, seed: 2);
        using BertEmbeddingTransformer fitted = trainer.Fit(train);
        SchemaAssert.Agrees(trainer.GetOutputSchema(SchemaAssert.ShapeOf(test.Schema)), fitted.Transform(test).Schema);
        double before = Gap(model, test), after = Gap(fitted.Model, test);
        Assert.True(after > before + 0.1, $"{before:F3} before, {after:F3} after");
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void A_table_of_static_embeddings_learns_under_every_loss(string name)
    {
        SentenceLoss loss = LossOf(name);
        BertModel start = ToyLanguage.Model().ToStatic(new() { Dimension = 32 });
        using BertEmbeddingTransformer fitted = _ml.Ranking.Trainers.SentenceEmbedding(new SentenceEmbeddingTrainer.Options
        {
            Model = start, Loss = loss, MaxEpochs = 6, BatchSize = 16,
            LabelColumnName = loss.Label == SentenceLabel.Similarity ? "Similarity" : "Label",
        }).Fit(Data(200, seed: 1));
        Assert.NotNull(fitted.Model.Table);
        IDataView test = Data(80, seed: 2);
        double before = Ranking(start, test), after = Ranking(fitted.Model, test);
        // Texts with the same word are near from the start.
        Assert.True(1 - after < 0.6 * (1 - before), $"{before:F3} before, {after:F3} after");
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void A_student_learns_the_vectors_of_a_wider_teacher(bool squared)
    {
        BertModel teacher = new TinyCheckpoint { Seed = "teacher", HiddenSize = 48 }.Load(), student = ToyLanguage.Model();
        IDataView train = Taught(Data(300, seed: 1)), test = Taught(Data(60, seed: 2));
        SentenceEmbeddingTrainer trainer = _ml.Ranking.Trainers.SentenceEmbedding(new SentenceEmbeddingTrainer.Options
        {
            Model = student, Loss = new EmbedDistillLoss { MeanSquaredError = squared }, LabelColumnName = "Teacher",
            MaxEpochs = 12, BatchSize = 16, LearningRate = 3e-3, ValidationSet = test,
        });
        using BertEmbeddingTransformer fitted = trainer.Fit(train);
        SchemaAssert.Agrees(trainer.GetOutputSchema(SchemaAssert.ShapeOf(test.Schema)), fitted.Transform(test).Schema);
        double before = Agreement(student), after = Agreement(fitted.Model);
        Assert.True(after > before + 0.1, $"{before:F3} before, {after:F3} after");

        // How well cosines of first texts with second texts agree with those of the teacher.
        double Agreement(BertModel model) => Correlation.Spearman(Cosines(model), Cosines(teacher));

        IDataView Taught(IDataView data) =>
            _ml.Transforms.Text.ApplyBertEmbedding("Teacher", "Sentence1", teacher).Fit(data).Transform(data);

        double[] Cosines(BertModel model)
        {
            float[][] first = Vectors(model, test, "Sentence1");
            return [.. first.SelectMany((x, i) => first.Skip(i + 1).Select(y => Cosine(x, y)))];
        }
    }

    [Fact]
    public void A_teacher_that_is_given_directly_teaches_what_its_column_does_and_is_asked_once()
    {
        BertModel teacher = new TinyCheckpoint { Seed = "teacher", HiddenSize = 48 }.Load();
        IDataView data = Data(60, seed: 1);
        IDataView taught = _ml.Transforms.Text.ApplyBertEmbedding("Teacher", "Sentence1", teacher).Fit(data).Transform(data);
        using var folder = new TemporaryFolder();
        var direct = new EmbedDistillLoss { Teacher = new(teacher) { CacheFile = folder["teacher.vectors"] } };
        float[] expected = Trained(taught, new EmbedDistillLoss(), "Teacher");
        Assert.All(expected.Zip(Trained(data, direct, "Label")), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));

        // Everything comes from the file; this teacher computes nothing.
        EmbeddingTeacher silent = EmbeddingTeacher.FromFunction(
            direct.Teacher.Identity, (_, _) => throw new InvalidOperationException("asked again"));
        var known = new EmbedDistillLoss { Teacher = silent with { CacheFile = folder["teacher.vectors"] } };
        Assert.All(expected.Zip(Trained(data, known, "Label")), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));

        float[] Trained(IDataView rows, SentenceLoss loss, string label)
        {
            SentenceEmbeddingTrainer trainer = _ml.Ranking.Trainers.SentenceEmbedding(new SentenceEmbeddingTrainer.Options
            {
                Model = ToyLanguage.Model(), Loss = loss, LabelColumnName = label, MaxEpochs = 1, LearningRate = 3e-3,
            });
            using BertEmbeddingTransformer fitted = trainer.Fit(rows);
            SchemaAssert.Agrees(trainer.GetOutputSchema(SchemaAssert.ShapeOf(rows.Schema)), fitted.Transform(rows).Schema);
            return [.. fitted.Transform(rows).GetColumn<float[]>("Features").SelectMany(vector => vector)];
        }
    }

    [Fact]
    public void The_trained_checkpoint_is_saved_with_its_way_to_vectors()
    {
        BertModel model = ToyLanguage.Model().WithSentence(new BertSentenceOptions
        {
            Pooling = BertPooling.Cls, Normalize = true, Prompts = new Dictionary<string, string> { ["like"] = "the " },
            DefaultPromptName = "like",
        });
        IDataView data = Data(24, seed: 1);
        using BertEmbeddingTransformer fitted = _ml.Ranking.Trainers.SentenceEmbedding(maxEpochs: 1, model: model).Fit(data);
        using var folder = new TemporaryFolder();
        fitted.Model.SavePretrained(folder["saved"]);
        BertModel opened = BertModel.FromPretrained(folder["saved"]);
        Assert.Equal((BertPooling.Cls, true, "the "), (opened.Sentence.Pooling, opened.Sentence.Normalize, opened.Sentence.DefaultPrompt));
        using BertEmbeddingTransformer again = _ml.Transforms.Text.ApplyBertEmbedding("Features", "Sentence1", opened).Fit(data);
        Assert.Equal(fitted.Transform(data).GetColumn<float[]>("Features"), again.Transform(data).GetColumn<float[]>("Features"));
    }

    [Fact]
    public void The_number_of_threads_does_not_change_the_result()
    {
        IDataView data = Data(48, seed: 1);
        byte[][] results = [.. new[] { 1, 2 }.Select(threads =>
        {
            using BertEmbeddingTransformer fitted = _ml.Ranking.Trainers.SentenceEmbedding(new SentenceEmbeddingTrainer.Options
            {
                Model = ToyLanguage.Model(), MaxEpochs = 2, BatchSize = 16, NumberOfThreads = threads,
            }).Fit(data);
            using var folder = new TemporaryFolder();
            fitted.Model.SavePretrained(folder["saved"]);
            return File.ReadAllBytes(folder["saved/model.safetensors"]);
        })];
        Assert.Equal(results[0], results[1]);
    }

    [Fact]
    public void Columns_and_options_that_do_not_fit_are_named()
    {
        Refused("Sentence3", new() { Loss = new TripletLoss() }, withThird: false);
        Refused("Label", new() { Loss = new BatchHardTripletLoss(), LabelColumnName = "Similarity" });
        Assert.Contains("Sentence3ColumnName", Assert.Throws<ArgumentOutOfRangeException>(() =>
            Trainer(new() { Loss = new CoSENTLoss(), Sentence3ColumnName = "Sentence3" })).Message, StringComparison.Ordinal);
        Assert.Contains("Dimensions", Assert.Throws<ArgumentOutOfRangeException>(() =>
            Trainer(new() { Loss = new MatryoshkaLoss(new CoSENTLoss()) { Dimensions = [8, 4096] } })).Message, StringComparison.Ordinal);
        Assert.Contains("Scale", Assert.Throws<ArgumentOutOfRangeException>(() =>
            Trainer(new() { Loss = new MultipleNegativesRankingLoss { Scale = 0 } })).Message, StringComparison.Ordinal);
        Assert.Contains("ContrastWeight", Assert.Throws<ArgumentOutOfRangeException>(() =>
            Trainer(new() { Loss = new EmbedDistillLoss { ContrastWeight = -1 } })).Message, StringComparison.Ordinal);
        Assert.Contains("at least two", Assert.Throws<InvalidOperationException>(() =>
            Trainer(new()).Fit(Data(1, seed: 1))).Message, StringComparison.Ordinal);

        void Refused(string named, SentenceEmbeddingTrainer.Options options, bool withThird = true)
        {
            IDataView all = Data(4, seed: 1), data = withThird ? all : _ml.Transforms.DropColumns("Sentence3").Fit(all).Transform(all);
            SentenceEmbeddingTrainer trainer = Trainer(options);
            Assert.Contains(named, Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Fit(data)).Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentOutOfRangeException>(() => trainer.GetOutputSchema(SchemaAssert.ShapeOf(data.Schema)));
        }
    }

    private static SentenceLoss LossOf(string name) => name switch
    {
        "ranking" => new MultipleNegativesRankingLoss { Symmetric = true },
        "triplet" => new TripletLoss { Margin = 2 },
        "classes" => new BatchHardTripletLoss { Margin = 2 },
        "cosine" => new CosineSimilarityLoss(),
        "cosent" => new CoSENTLoss(),
        _ => new MatryoshkaLoss(new MultipleNegativesRankingLoss()) { Dimensions = [8, 32] },
    };

    private SentenceEmbeddingTrainer Trainer(SentenceEmbeddingTrainer.Options options) =>
        _ml.Ranking.Trainers.SentenceEmbedding(options with { Model = ToyLanguage.Model() });

    // By how much texts of one topic have a larger cosine than texts of different topics, on average.
    private double Gap(BertModel model, IDataView data)
    {
        float[][] first = Vectors(model, data, "Sentence1"), second = Vectors(model, data, "Sentence2");
        float[][] third = Vectors(model, data, "Sentence3");
        float[] similarities = [.. data.GetColumn<float>("Similarity")];
        return Enumerable.Range(0, first.Length).Where(i => similarities[i] == 1).Average(i => Cosine(first[i], second[i]))
            - Enumerable.Range(0, first.Length).Average(i => Cosine(first[i], third[i]));
    }

    /// <summary>How often a text of the same topic is nearer than one of another topic.</summary>
    private double Ranking(BertModel model, IDataView data)
    {
        float[][] first = Vectors(model, data, "Sentence1");
        string[] topics = [.. data.GetColumn<string>("Topic")];
        return (from i in Enumerable.Range(0, first.Length)
                from j in Enumerable.Range(0, first.Length)
                where i != j && topics[i] == topics[j]
                from k in Enumerable.Range(0, first.Length)
                where topics[i] != topics[k]
                select Cosine(first[i], first[j]) > Cosine(first[i], first[k]) ? 1.0 : 0.0).Average();
    }

    private float[][] Vectors(BertModel model, IDataView data, string column)
    {
        using BertEmbeddingTransformer embedding = _ml.Transforms.Text.ApplyBertEmbedding("Vector", column, model).Fit(data);
        return [.. embedding.Transform(data).GetColumn<float[]>("Vector")];
    }

    private static double Cosine(float[] x, float[] y) => Dot(x, y) / Math.Sqrt(Dot(x, x) * Dot(y, y));

    private static double Dot(float[] x, float[] y) => x.Zip(y, (a, b) => (double)a * b).Sum();

    // The first two texts share a topic in rows of similarity 1; the third text is always of another topic.
    private IDataView Data(int count, int seed)
    {
        var random = new Random(seed);
        Row[] rows = [.. Enumerable.Range(0, count).Select(i =>
        {
            int topic = random.Next(s_topics.Length), other = (topic + 1 + random.Next(s_topics.Length - 1)) % s_topics.Length;
            bool same = i % 4 > 0;
            return new Row
            {
                Sentence1 = Text(topic), Sentence2 = Text(same ? topic : other), Sentence3 = Text(other),
                Similarity = same ? 1 : 0, Topic = s_topics[topic],
            };
        })];
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        return _ml.Transforms.Conversion.MapValueToKey("Label", "Topic").Fit(data).Transform(data);

        string Text(int topic)
        {
            string[] words = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => s_others[random.Next(s_others.Length)])];
            words[random.Next(words.Length)] = s_topics[topic];
            return string.Join(' ', words);
        }
    }

    private sealed class Row
    {
        public string Sentence1 { get; set; } = "";

        public string Sentence2 { get; set; } = "";

        public string Sentence3 { get; set; } = "";

        public float Similarity { get; set; }

        public string Topic { get; set; } = "";
    }
}
