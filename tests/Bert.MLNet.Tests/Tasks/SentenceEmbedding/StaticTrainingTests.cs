using Bert.MLNet.Models;
using Bert.MLNet.Tests.Models;
using Bert.MLNet.Tests.Training;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Tests.Tasks.SentenceEmbedding;

/// <summary>Training tables of static embeddings in place of networks.</summary>
[Collection(UsesTorch.Name)]
public sealed class StaticTrainingTests
{
    private const int Dimension = 16;

    private static readonly Lazy<BertModel> s_teacher = new(() => new TinyCheckpoint { Seed = "teacher", HiddenSize = 48 }.Load());
    private static readonly BertStaticOptions s_exact = new() { Dimension = Dimension, Precision = BertStaticPrecision.Float32 };
    private static readonly Lazy<BertModel> s_start = new(() => ToyLanguage.Model().ToStatic(s_exact));

    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(0), InlineData(0.5)]
    public void A_table_learns_the_vectors_of_a_network(double contrast)
    {
        // A table cannot know the order of words, but the tiny network hardly depends on it.
        IDataView train = Taught(300, seed: 1), test = Taught(60, seed: 2);
        var losses = new List<(int Epoch, double Loss, double? Metric)>();
        using BertEmbeddingTransformer fitted = Trainer(new()
        {
            Loss = new EmbedDistillLoss { ContrastWeight = contrast }, MaxEpochs = 20, ValidationSet = test,
            Progress = new OnReport(report => losses.Add((report.Epoch, report.Loss, report.Metric))),
        }).Fit(train);
        Assert.True(losses[^1].Loss < 0.7 * losses[0].Loss, $"{losses[0].Loss} at first, {losses[^1].Loss} at last");
        (double first, double best) = (losses.First(report => report.Metric > 0).Metric!.Value, losses.Max(report => report.Metric)!.Value);
        Assert.True(best > 0.8 && best > first, $"{first} after the first epoch, {best} after the best");
        Assert.Equal((Dimension, TensorType.F32, "embeddings"), (
            fitted.Model.Table!.Width, fitted.Model.Table.Vectors.Type, fitted.Model.Table.Vectors.Name));
    }

    [Fact]
    public void The_gradient_of_a_table_is_that_of_a_plain_loop()
    {
        TorchRuntime.EnsureLoaded();
        BertModel model = s_start.Value;
        float[] table = model.Table!.ToVectors();
        int[][] texts = [[5, 9, 9], [7], [], [9, 12, 5, 30]];
        var random = new Random(1);
        float[][] teacher = [.. texts.Select(_ => Enumerable.Range(0, Dimension).Select(_ => random.NextSingle() - 0.5f).ToArray())];
        TrainingRow[] rows = [.. texts.Zip(teacher, (ids, vector) => new SentencesRow(ids, [ids.Length], 0, vector))];
        var objective = new SentenceObjective(new BertSentenceOptions(), new EmbedDistillLoss { MeanSquaredError = true }, LabelScale.None);

        using DisposeScope scope = NewDisposeScope();
        using SentenceEncoder module = objective.CreateModule(model.Config, ScalarType.Float32);
        module.Load(model.TrainableWeights!);
        TrainingRow[][] parts = [rows[..3], rows[3..]];
        Func<SentenceEncoder, int, PartLoss> lossOf = objective.Prepare(parts, [0..2], work =>
        {
            work(module, 0);
            work(module, 1);
        });
        lossOf(module, 0).Tensor.backward();
        lossOf(module, 1).Tensor.backward();
        Tensor gradient = Assert.Single(module.State()).Parameter.grad!;
        Assert.True(gradient.is_sparse);

        // The sum over rows of the mean of squared errors, (Σ rows) × mean.
        double[] expected = new double[table.Length];
        for (int text = 0; text < texts.Length; text++)
        {
            for (int i = 0; i < Dimension; i++)
            {
                double mean = texts[text].Length == 0 ? 0 : texts[text].Average(id => (double)table[id * Dimension + i]);
                foreach (int id in texts[text])
                    expected[id * Dimension + i] += 2 * (mean - teacher[text][i]) / Dimension / texts[text].Length;
            }
        }
        Assert.All(expected.Zip(gradient.to_dense().data<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.Contains(expected, value => Math.Abs(value) > 0.01);
    }

    [Theory]
    [InlineData(BertStaticPrecision.Float32, 4, 0), InlineData(BertStaticPrecision.Float16, 2, 2e-3)]
    [InlineData(BertStaticPrecision.Int8, 1, 2e-2)]
    public void A_trained_table_is_saved_in_every_precision(BertStaticPrecision precision, int bytes, double tolerance)
    {
        IDataView data = Taught(24, seed: 1);
        using BertEmbeddingTransformer fitted = Trainer(new() { Loss = new EmbedDistillLoss(), MaxEpochs = 2 }).Fit(data);
        Assert.NotEqual(s_start.Value.Table!.ToVectors(), fitted.Model.Table!.ToVectors());
        BertModel small = fitted.Model.WithStaticPrecision(precision);
        using var folder = new TemporaryFolder();
        small.SavePretrained(folder.Path);
        BertModel opened = BertModel.FromPretrained(folder.Path);
        Assert.Equal(fitted.Model.Table!.Tokens * Dimension * bytes, opened.Table!.Vectors.Bytes.Length);
        Assert.Equal(Vectors(small, data), Vectors(opened, data));
        foreach ((float[] exact, float[] rounded) in Vectors(fitted.Model, data).Zip(Vectors(opened, data)))
            Assert.All(exact.Zip(rounded), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void Tables_of_both_forms_are_trained_as_they_predict(bool mapped)
    {
        using var folder = new TemporaryFolder();
        if (mapped)
            StaticFolder.WriteMappedForm(folder.Path);
        else
            StaticFolder.WriteSentenceForm(folder.Path, normalize: true);
        BertModel model = BertModel.FromPretrained(folder.Path);
        // The unknown token and texts without tokens occur, and a learning rate of almost 0 shows what training starts from.
        IDataView data = _ml.Data.LoadFromEnumerable(new[] { "the film is great", "中 good", "中", "", "good" }.Select(text => new Row
        {
            Sentence1 = text, Teacher = new float[StaticFolder.Width],
        }), Schema(StaticFolder.Width));
        using BertEmbeddingTransformer fitted = Trainer(new()
        {
            Model = model, Loss = new EmbedDistillLoss(), LearningRate = 1e-12, WeightDecay = 0, MaxEpochs = 1,
        }).Fit(data);
        Assert.Equal(model.Table!.Vectors.Name, fitted.Model.Table!.Vectors.Name);
        foreach ((float[] before, float[] after) in Vectors(model, data).Zip(Vectors(fitted.Model, data)))
            Assert.All(before.Zip(after), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void A_training_resumes_from_its_checkpoints_on_any_number_of_threads()
    {
        IDataView data = Taught(48, seed: 1);
        using var folder = new TemporaryFolder();
        SentenceEmbeddingTrainer.Options options = new() { Loss = new EmbedDistillLoss(), MaxEpochs = 4 };
        float[] whole = Fit(options with { NumberOfThreads = 1 });
        using var source = new CancellationTokenSource();
        Fit(options with
        {
            CheckpointFolder = folder.Path, CancellationToken = source.Token, LoggingSteps = 1, NumberOfThreads = 2,
            Progress = new OnReport(report =>
            {
                if (report.Step == 5)
                    source.Cancel();
            }),
        });
        Assert.Equal(whole, Fit(options with { CheckpointFolder = folder.Path, NumberOfThreads = 2 }));

        float[] Fit(SentenceEmbeddingTrainer.Options options)
        {
            using BertEmbeddingTransformer fitted = Trainer(options).Fit(data);
            return fitted.Model.Table!.ToVectors();
        }
    }

    [Fact]
    public void Options_without_a_meaning_for_a_table_are_named()
    {
        foreach ((string name, SentenceEmbeddingTrainer.Options options) in new (string, SentenceEmbeddingTrainer.Options)[]
        {
            ("LoraRank is 4", new() { LoraRank = 4 }), ("FrozenLayers is 1", new() { FrozenLayers = 1 }),
            ("FreezeEmbeddings must be false", new() { FreezeEmbeddings = true }), ("Dropout is 0.1", new() { Dropout = 0.1 }),
            ("LayerwiseLearningRateDecay is 0.9", new() { LayerwiseLearningRateDecay = 0.9 }),
            ("Precision is BFloat16", new() { Precision = BertPrecision.BFloat16 }),
        })
            Assert.Contains(name, Assert.Throws<ArgumentOutOfRangeException>(() => Trainer(options)).Message, StringComparison.Ordinal);
        Assert.Contains("table of static embeddings", Assert.Throws<NotSupportedException>(() =>
            _ml.MulticlassClassification.Trainers.TextClassification(model: s_start.Value)).Message, StringComparison.Ordinal);
        Assert.Contains("is a network", Assert.Throws<NotSupportedException>(() =>
            s_teacher.Value.WithStaticPrecision(BertStaticPrecision.Int8)).Message, StringComparison.Ordinal);
        using var folder = new TemporaryFolder();
        StaticFolder.WriteSentenceForm(folder.Path, normalize: true);
        BertModel plain = BertModel.FromPretrained(folder.Path);
        Assert.Contains("no int8", Assert.Throws<NotSupportedException>(() =>
            plain.WithStaticPrecision(BertStaticPrecision.Int8)).Message, StringComparison.Ordinal);
        Assert.Contains("precision is 9", Assert.Throws<ArgumentException>(() =>
            plain.WithStaticPrecision((BertStaticPrecision)9)).Message, StringComparison.Ordinal);
    }

    private SentenceEmbeddingTrainer Trainer(SentenceEmbeddingTrainer.Options options) =>
        _ml.Ranking.Trainers.SentenceEmbedding(options with
        {
            Model = options.Model ?? s_start.Value, BatchSize = 16, LearningRate = options.LearningRate ?? 3e-2,
            LabelColumnName = "Teacher",
        });

    private IDataView Taught(int count, int seed)
    {
        string[] texts = [.. ToyLanguage.Texts(count, seed).Select(row => row.Text)];
        using BertEmbeddingTransformer step = BertEmbeddingTransformer.Create(s_teacher.Value);
        return _ml.Data.LoadFromEnumerable(step.Embed(texts).Zip(texts, (embedding, text) => new Row
        {
            Sentence1 = text, Teacher = embedding.Vector.ToArray(),
        }).ToArray(), Schema(48));
    }

    private static SchemaDefinition Schema(int size)
    {
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Teacher)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, size);
        return schema;
    }

    private float[][] Vectors(BertModel model, IDataView data)
    {
        using BertEmbeddingTransformer step = _ml.Transforms.Text.ApplyBertEmbedding("Vector", "Sentence1", model).Fit(data);
        return [.. step.Transform(data).GetColumn<float[]>("Vector")];
    }

    private sealed class Row
    {
        public string Sentence1 { get; set; } = "";

        public float[] Teacher { get; set; } = [];
    }
}
