using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Pooling;

/// <summary>BERT steps among what ML.NET does with data: wherever a row goes, it keeps the vector of its own text.</summary>
public sealed class CompositionTests
{
    private static readonly string[] Words = [.. TinyCheckpoint.Vocabulary.Where(word => word.Length > 2 && char.IsAsciiLetter(word[0]))];
    private static readonly Row[] Rows = [.. Enumerable.Range(0, 300).Select(i => new Row
    {
        Text = string.Join(' ', Enumerable.Range(0, i % 9).Select(k => Words[(i * 7 + k * 3) % Words.Length])),
        Other = Words[i % Words.Length],
        Label = i % 9 > 4,
        Number = i,
        Group = $"group {i % 7}",
    })];

    private readonly MLContext _ml = new(seed: 1);

    private static BertModel Tiny => BertEmbeddingTests.TinyModel.Value;

    public static TheoryData<string> Views => [.. Compositions.Keys];

    [Theory, MemberData(nameof(Views))]
    public void Every_row_keeps_the_vector_of_its_text(string view)
    {
        using BertEmbeddingTransformer step = _ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", Tiny).Fit(Data());
        Dictionary<string, float[]> vectors = [];
        foreach (Vector row in Read(
            step.Transform(_ml.Data.LoadFromEnumerable(Rows.Concat(Rows.Select(row => new Row { Text = row.Other }))))))
            vectors[row.Text] = row.Features;

        (Func<MLContext, IDataView, Func<IDataView, IDataView>, IDataView> compose, int rows) = Compositions[view];
        IDataView data = compose(_ml, Data(), step.Transform);
        for (int pass = 0; pass < 2; pass++)
        {
            Vector[] read = Read(data);
            Assert.True(rows < 0 ? read.Length > 0 : read.Length == rows, $"{read.Length} rows");
            foreach (Vector row in read)
                Assert.All(vectors[row.Text].Zip(row.Features), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        }
    }

    // How data, a BERT step, and something of ML.NET's stand together, and how many rows come out; -1 where chance decides.
    private static readonly Dictionary<string,
        (Func<MLContext, IDataView, Func<IDataView, IDataView>, IDataView> Compose, int Rows)> Compositions = new()
    {
        ["cached before"] = ((ml, data, bert) => bert(ml.Data.Cache(data)), 300),
        ["cached after"] = ((ml, data, bert) => ml.Data.Cache(bert(data)), 300),
        ["shuffled upstream"] = ((ml, data, bert) => bert(ml.Data.ShuffleRows(data, seed: 3)), 300),
        ["shuffled after"] = ((ml, data, bert) => ml.Data.ShuffleRows(ml.Data.Cache(bert(data)), seed: 3), 300),
        ["filtered before"] = ((ml, data, bert) => bert(ml.Data.FilterRowsByColumn(data, "Number", 10, 50)), 40),
        ["filtered after"] = ((ml, data, bert) => ml.Data.FilterRowsByColumn(bert(data), "Number", 10, 50), 40),
        ["filtered by a function of text and vector"] =
            ((ml, data, bert) => ml.Data.FilterByCustomPredicate(bert(data), (Vector row) => row.Text.Length > row.Features.Length), -1),
        ["rows taken and skipped"] = ((ml, data, bert) => ml.Data.SkipRows(ml.Data.TakeRows(bert(data), 200), 150), 50),
        ["no rows"] = ((ml, data, bert) => bert(ml.Data.LoadFromEnumerable(Array.Empty<Row>())), 0),
        ["one row"] = ((ml, data, bert) => bert(ml.Data.TakeRows(data, 1)), 1),
        ["a fold of cross-validation"] = ((ml, data, bert) => ml.Data.CrossValidationSplit(bert(data), 3)[1].TestSet, -1),
        ["a test set by groups"] =
            ((ml, data, bert) => ml.Data.TrainTestSplit(bert(data), 0.3, samplingKeyColumnName: "Group").TestSet, -1),
        ["a bootstrap sample"] = ((ml, data, bert) => ml.Data.BootstrapSample(bert(data), seed: 3), -1),
        ["a step over a step of the same name"] =
            ((ml, data, bert) => bert(bert(ml.Transforms.Text.ApplyBertEmbedding("Features", "Other", Tiny).Fit(data).Transform(data))),
                300),
        ["over a hidden column of texts"] =
            ((ml, data, bert) => bert(ml.Transforms.CopyColumns("Text", "Other").Fit(data).Transform(data)), 300),
    };

    [Fact]
    public void Cross_validation_trains_on_vectors_of_a_chain_and_of_a_view()
    {
        var trainer = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression();
        var chain = _ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", Tiny).Append(trainer);
        double[] areas = [.. _ml.BinaryClassification.CrossValidate(Data(), chain, 3).Select(fold => fold.Metrics.AreaUnderRocCurve)];
        using BertEmbeddingTransformer step = _ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", Tiny).Fit(Data());
        double[] others = [.. _ml.BinaryClassification.CrossValidate(step.Transform(Data()), trainer, 3, samplingKeyColumnName: "Group")
            .Select(fold => fold.Metrics.AreaUnderRocCurve)];
        // The label is whether a text has five words or more, which a mean over tokens nearly tells.
        Assert.Equal((3, 3), (areas.Length, others.Length));
        Assert.All([.. areas, .. others], area => Assert.InRange(area, 0.8, 1));
    }

    [Fact]
    public void Several_steps_in_one_chain_agree_with_each_alone_in_a_view_and_in_an_engine()
    {
        var chain = _ml.Transforms.Text.ApplyBertEmbedding("A", "Text", Tiny)
            .Append(_ml.Transforms.Text.ApplyBertEmbedding("B", "Other", Tiny, BertPooling.Max))
            .Append(_ml.Transforms.Text.ApplyBertPairEmbedding("C", "Text", "Other", Tiny))
            .Append(_ml.Transforms.Text.ApplyBertTokenizer("Text", model: Tiny))
            .Append(_ml.Transforms.Text.ApplyBertEncoder(model: Tiny))
            .Append(_ml.Transforms.Text.ApplyBertPooling("D", BertPooling.Mean))
            .Append(_ml.Transforms.Concatenate("Features", "A", "B", "C", "D"));
        using var fitted = chain.Fit(Data());
        Vector[] together = Read(fitted.Transform(Data()));
        using var engine = _ml.Model.CreatePredictionEngine<Row, Vector>(fitted, new PredictionEngineOptions { OwnsTransformer = false });
        float[][] a = Alone(_ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", Tiny)),
            b = Alone(_ml.Transforms.Text.ApplyBertEmbedding("Features", "Other", Tiny, BertPooling.Max)),
            c = Alone(_ml.Transforms.Text.ApplyBertPairEmbedding("Features", "Text", "Other", Tiny));
        for (int i = 0; i < Rows.Length; i += 17)
        {
            float[] expected = [.. a[i], .. b[i], .. c[i], .. a[i]];
            Assert.Equal(expected.Length, together[i].Features.Length);
            Assert.All(expected.Zip(together[i].Features), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
            Assert.All(expected.Zip(engine.Predict(Rows[i]).Features), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        }
    }

    [Fact]
    public void Vectors_may_take_the_name_of_their_text()
    {
        using BertEmbeddingTransformer step = _ml.Transforms.Text.ApplyBertEmbedding("Text", "Text", Tiny).Fit(Data());
        float[][] expected = Alone(_ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", Tiny)),
            actual = [.. step.Transform(Data()).GetColumn<float[]>("Text")];
        Assert.All(expected.Zip(actual).SelectMany(rows => rows.First.Zip(rows.Second)),
            pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    private float[][] Alone(IEstimator<ITransformer> step)
    {
        ITransformer fitted = step.Fit(Data());
        float[][] vectors = [.. fitted.Transform(Data()).GetColumn<float[]>("Features")];
        ((IDisposable)fitted).Dispose();
        return vectors;
    }

    private Vector[] Read(IDataView data) => [.. _ml.Data.CreateEnumerable<Vector>(data, reuseRowObject: false)];

    private IDataView Data() => _ml.Data.LoadFromEnumerable(Rows);

    private sealed class Row
    {
        public string Text { get; set; } = "";

        public string Other { get; set; } = "";

        public bool Label { get; set; }

        public float Number { get; set; }

        public string Group { get; set; } = "";
    }

    private sealed class Vector
    {
        public string Text { get; set; } = "";

        public float[] Features { get; set; } = [];
    }
}
