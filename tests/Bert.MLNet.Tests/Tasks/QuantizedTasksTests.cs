using Bert.MLNet.Models.Families;
using Bert.MLNet.Tests.Encoders;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Tasks;

/// <summary>
/// Every task's step runs on an int8 model by the same method, and answers nearly as on the float one, with unsigned weights to the bit as
/// with those this processor needs.
/// </summary>
[Collection(nameof(IntegerForm))]
public sealed class QuantizedTasksTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private static readonly IDataView Data = Ml.Data.LoadFromEnumerable(new Row[]
    {
        new() { Text = "the film is [MASK] great !", Pair = "a great movie it was" },
        new() { Text = "i hate this [MASK]", Pair = "the phone and the battery" },
        new() { Text = "time on [MASK] screen", Pair = "service of the day" },
    });

    [Fact]
    public void Embeddings() =>
        Compare("BertModel", "Features", model => Ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", model, normalize: true), 0.03);

    [Fact]
    public void Pair_embeddings() =>
        Compare("DistilBertModel", "Features", model => Ml.Transforms.Text.ApplyBertPairEmbedding("Features", "Text", "Pair", model), 0.1);

    [Fact]
    public void Hidden_states_of_all_layers_and_attention() => Compare("BertModel", "PoolerOutput",
        model => Ml.Transforms.Text.ApplyBertTokenizer("Text", model: model).Append(Ml.Transforms.Text.ApplyBertEncoder(model: model)),
        0.05);

    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void Classifiers(string family) => Compare(
        EveryFamily.Checkpoint(family, HeadKind.SequenceClassification), "Score",
        model => Ml.Transforms.Text.ApplyBertClassifier("PredictedLabel", "Text", model), 0.02);

    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void Embeddings_of_every_family(string family) => Compare(
        EveryFamily.Checkpoint(family), "Features",
        model => Ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", model, normalize: true), 0.05);

    [Fact]
    public void Cross_encoders() => Compare("DistilBertForSequenceClassification", "Score",
        model => Ml.Transforms.Text.ApplyBertCrossEncoder("Score", "Text", "Pair", model), 0.05, "relevance");

    [Fact]
    public void Token_classifiers() => Compare("BertForTokenClassification", "EntityScores",
        model => Ml.Transforms.Text.ApplyBertTokenClassifier("Entities", "Text", model, BertAggregation.None), 0.02);

    [Fact]
    public void Question_answering() =>
        Compare("BertForQuestionAnswering", "Score",
            model => Ml.Transforms.Text.ApplyBertQuestionAnswering("Answer", "Text", "Pair", model), 0.05);

    [Theory]
    [InlineData("BertForMaskedLM")]
    [InlineData("DistilBertForMaskedLM")]
    public void Masks(string architecture) =>
        Compare(architecture, "MaskScores", model => Ml.Transforms.Text.ApplyBertFillMask("MaskTokens", "Text", model), 0.02);

    [Fact]
    public void Next_sentences() =>
        Compare("BertForNextSentencePrediction", "Score",
            model => Ml.Transforms.Text.ApplyBertNextSentence("IsNext", "Text", "Pair", model), 0.02);

    [Fact]
    public void Trainers_refuse_an_int8_model_and_say_what_to_do()
    {
        BertModel model = new TinyCheckpoint().Load().Quantize();
        Exception[] refusals =
        [
            Assert.Throws<NotSupportedException>(() => Ml.MulticlassClassification.Trainers.TextClassification(model: model)),
            Assert.Throws<NotSupportedException>(() => Ml.Regression.Trainers.SentenceSimilarity(model: model)),
            Assert.Throws<NotSupportedException>(() => Ml.MulticlassClassification.Trainers.NamedEntityRecognition(model: model)),
            Assert.Throws<NotSupportedException>(() => Ml.MulticlassClassification.Trainers.QuestionAnswer(model: model)),
        ];
        Assert.All(refusals, refusal => Assert.Contains("transformer.Model.Quantize()", refusal.Message, StringComparison.Ordinal));
    }

    /// <summary>Float and int8 give a column of numbers that differ, and by no more than so much.</summary>
    private static void Compare<T>(
        string architecture, string column, Func<BertModel, IEstimator<T>> step, double tolerance, params string[] labels)
        where T : class, ITransformer
    {
        var checkpoint = new TinyCheckpoint { Architecture = architecture };
        Compare(labels.Length > 0 ? checkpoint with { Labels = labels } : checkpoint, column, step, tolerance);
    }

    private static void Compare<T>(TinyCheckpoint checkpoint, string column, Func<BertModel, IEstimator<T>> step, double tolerance)
        where T : class, ITransformer
    {
        BertModel model = checkpoint.Load();
        float[][] due = Column(step(model).Fit(Data), column), quantized = Column(step(model.Quantize()).Fit(Data), column);
        Assert.Equal(due.Select(row => row.Length), quantized.Select(row => row.Length));
        (float Due, float Quantized)[] pairs = [.. due.Zip(quantized).SelectMany(rows => rows.First.Zip(rows.Second))];
        Assert.All(pairs, pair => Assert.Equal(pair.Due, pair.Quantized, tolerance));
        Assert.Contains(pairs, pair => pair.Due != pair.Quantized);
        Assert.Equal(quantized, IntegerForm.With(true, () => Column(step(model.Quantize()).Fit(Data), column)));
    }

    private static float[][] Column(ITransformer model, string name)
    {
        using var owner = model as IDisposable;
        IDataView result = model.Transform(Data);
        return result.Schema[name].Type is VectorDataViewType
            ? [.. result.GetColumn<float[]>(name)]
            : [.. result.GetColumn<float>(name).Select(value => new[] { value })];
    }

    private sealed class Row
    {
        public string Text { get; set; } = "";

        public string Pair { get; set; } = "";
    }
}
