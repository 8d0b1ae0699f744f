using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace Bert.MLNet.Tests.Training;

[Collection(UsesTorch.Name)]
public class CosineSimilarityObjectiveTests
{
    private static readonly (string First, string Second)[] s_pairs =
        [("good", "the film is great , and so is the book"), ("i hate it", "bad"), ("", "day")];

    public CosineSimilarityObjectiveTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData(BertPooling.Cls), InlineData(BertPooling.Max), InlineData(BertPooling.Mean), InlineData(BertPooling.MeanSqrtLength),
        InlineData(BertPooling.LastLayersMean), InlineData(BertPooling.WeightedMean | BertPooling.LastToken),
        InlineData(BertPooling.Cls | BertPooling.Max | BertPooling.Mean)]
    public void What_is_learnt_is_the_cosine_of_the_vectors_of_prediction(BertPooling pooling)
    {
        BertModel model = ToyLanguage.Model();
        BertSentenceOptions sentence = new() { Pooling = pooling, NumberOfLastLayers = 2 };
        if (pooling is BertPooling.Mean or BertPooling.MeanSqrtLength or BertPooling.LastLayersMean)
            sentence = sentence with { TokenWeights = [.. Enumerable.Range(0, model.Config.VocabSize).Select(id => 1f / (1 + id % 7))] };
        model = model.WithSentence(sentence);
        float[][] first = Vectors(model, s_pairs.Select(pair => pair.First)), second = Vectors(model, s_pairs.Select(pair => pair.Second));
        double[] cosines = [.. first.Zip(
            second, (u, v) => u.Zip(v, (x, y) => (double)x * y).Sum() / Math.Sqrt(u.Sum(x => (double)x * x) * v.Sum(x => (double)x * x)))];

        // Labels from 1 (cosine 0) to 5 (cosine 1), of which the last weighs twice.
        TrainingRow[] rows = [.. s_pairs.Zip([1f, 4f, 5f], (pair, label) => Row(model, pair.First, pair.Second, label))];
        rows[2] = rows[2] with { Weight = 2 };
        double expected = Math.Pow(cosines[0], 2) + Math.Pow(cosines[1] - 0.75, 2) + 2 * Math.Pow(cosines[2] - 1, 2);

        using DisposeScope scope = torch.NewDisposeScope();
        var objective = new CosineSimilarityObjective(sentence, minimum: 1, maximum: 5);
        using SentenceEncoder module = objective.CreateModule(model.Config, torch.ScalarType.Float32);
        module.Load(model.Weights!);
        module.eval();
        Assert.Equal(expected, objective.Loss(module, rows).item<float>(), 1e-4);
    }

    [Fact]
    public void Modules_after_pooling_belong_to_what_is_learnt()
    {
        BertModel model = ToyLanguage.Model();
        BertSentenceOptions sentence = SentenceModules.Options(model.Config.HiddenSize);
        model = model.WithSentence(sentence);
        float[][] first = Vectors(model, s_pairs.Select(pair => pair.First)), second = Vectors(model, s_pairs.Select(pair => pair.Second));

        using DisposeScope scope = torch.NewDisposeScope();
        var objective = new CosineSimilarityObjective(sentence, minimum: 0, maximum: 1);
        using SentenceEncoder module = objective.CreateModule(model.Config, torch.ScalarType.Float32);
        module.Load(model.Weights!, name => name.StartsWith(SentenceEncoder.LayerPrefix, StringComparison.Ordinal));
        module.eval();
        for (int i = 0; i < s_pairs.Length; i++)
        {
            double cosine = BertSimilarity.Cosine.Compute(first[i], second[i]);
            Assert.Equal(cosine * cosine, objective.Loss(module, [Row(model, s_pairs[i].First, s_pairs[i].Second, 0)]).item<float>(), 1e-4);
        }
        Assert.Equal(sentence, module.Sentence);
    }

    [Fact]
    public void No_pooling_is_refused()
    {
        BertModel model = ToyLanguage.Model();
        using DisposeScope scope = torch.NewDisposeScope();
        using var module = new SentenceEncoder(model.Config, new() { Pooling = BertPooling.None });
        Assert.Contains("None", Assert.Throws<NotSupportedException>(() => module.Forward(new PaddedBatch([new EncodedRow([2, 3], 2)])))
            .Message, StringComparison.Ordinal);
    }

    private static TrainingRow Row(BertModel model, string first, string second, float label)
    {
        int[] left = [.. model.Tokenizer.Encode(first).Ids];
        return new TrainingRow([.. left, .. model.Tokenizer.Encode(second).Ids], left.Length, 0, [label]);
    }

    private static float[][] Vectors(BertModel model, IEnumerable<string> texts)
    {
        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable(texts.Select(text => new { Text = text }).ToArray());
        using BertEmbeddingTransformer embedding = ml.Transforms.Text.ApplyBertEmbedding("Vector", "Text", model).Fit(data);
        return [.. embedding.Transform(data).GetColumn<float[]>("Vector")];
    }
}
