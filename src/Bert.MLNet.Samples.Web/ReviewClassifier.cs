using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Bert.MLNet.Samples.Web;

/// <summary>
/// Classifies reviews with an ML.NET logistic regression on the model's vectors. It is trained at startup, in seconds. A larger classifier
/// would be trained elsewhere and loaded from a model.zip: <c>ml.Model.LoadFromFile(path, out _)</c>.
/// </summary>
/// <remarks>Thread-safe, because a transformer is. A PredictionEngine is not.</remarks>
public sealed class ReviewClassifier
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly BertEmbeddingTransformer _embedding;
    private readonly TransformerChain<KeyToValueMappingTransformer> _classifier;
    private readonly string[] _labels;

    private sealed class Review
    {
        [LoadColumn(0)] public string Text { get; set; } = "";
        [LoadColumn(1)] public string Label { get; set; } = "";
    }

    private sealed class Features
    {
        [VectorType] public float[] Vector { get; set; } = [];
        public string Label { get; set; } = "";
    }

    /// <param name="generator">The model.</param>
    /// <param name="reviewsFile">Tab-separated with a header: text and label.</param>
    public ReviewClassifier(BertEmbeddingGenerator generator, string reviewsFile)
    {
        _embedding = (BertEmbeddingTransformer)generator.GetService(typeof(BertEmbeddingTransformer))!;
        Review[] reviews = [.. _ml.Data.CreateEnumerable<Review>(
            _ml.Data.LoadFromTextFile<Review>(reviewsFile, hasHeader: true), reuseRowObject: false)];
        IDataView data = View([.. reviews.Select(review => review.Text)], [.. reviews.Select(review => review.Label)],
            CancellationToken.None);
        _classifier = _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(
                featureColumnName: nameof(Features.Vector), l1Regularization: 0, l2Regularization: 0.3f))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"))
            .Fit(data);
        VBuffer<ReadOnlyMemory<char>> names = default;
        _classifier.Transform(data).Schema["Score"].GetSlotNames(ref names);
        _labels = [.. names.DenseValues().Select(name => name.ToString())];
    }

    /// <summary>Predicts a label for each text, in the same order.</summary>
    public Classification[] Classify(string[] texts, CancellationToken cancellationToken)
    {
        IDataView predicted = _classifier.Transform(View(texts, labels: null, cancellationToken));
        return
        [
            .. predicted.GetColumn<string>("PredictedLabel").Zip(predicted.GetColumn<float[]>("Score"), (label, scores) =>
                new Classification(label, _labels.Zip(scores).ToDictionary(pair => pair.First, pair => pair.Second))),
        ];
    }

    private IDataView View(string[] texts, string[]? labels, CancellationToken cancellationToken)
    {
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Features));
        schema[nameof(Features.Vector)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, _embedding.Dimension);
        IReadOnlyList<BertEmbedding> vectors = _embedding.Embed(texts, cancellationToken);
        return _ml.Data.LoadFromEnumerable(
            vectors.Select((vector, i) => new Features { Vector = vector.Vector.ToArray(), Label = labels?[i] ?? "" }), schema);
    }
}
