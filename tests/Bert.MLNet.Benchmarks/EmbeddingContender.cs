using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Benchmarks;

/// <summary>This library: <c>ApplyBertEmbedding</c> over a data view, and row by row in a prediction engine.</summary>
internal sealed class EmbeddingContender : IDisposable
{
    /// <summary>How the names of contenders with an int8 model end.</summary>
    public const string Int8 = ", int8";

    private readonly MLContext _ml = new();
    private readonly string _suffix;
    private readonly int _threads;
    private readonly BertEmbeddingTransformer _transformer;
    private readonly PredictionEngine<TextRow, VectorRow> _engine;

    public EmbeddingContender(BertModel model, int threads)
    {
        _suffix = model.IsQuantized ? Int8 : "";
        _threads = threads;
        _transformer = _ml.Transforms.Text.ApplyBertEmbedding(model, new BertEmbeddingEstimator.Options
        {
            Pooling = BertPooling.Mean,
            Normalize = false,
            Batching = new BertBatchOptions { NumberOfThreads = threads },
        }).Fit(_ml.Data.LoadFromEnumerable<TextRow>([]));
        _engine = _ml.Model.CreatePredictionEngine<TextRow, VectorRow>(_transformer, new PredictionEngineOptions { OwnsTransformer = false });
    }

    public Contender Batched => new("ApplyBertEmbedding" + _suffix, _threads, texts =>
    {
        IDataView view = _transformer.Transform(_ml.Data.LoadFromEnumerable(texts.Select(text => new TextRow { Text = text })));
        return [.. view.GetColumn<float[]>(view.Schema["Features"])];
    });

    public Contender OneByOne => new("ApplyBertEmbedding in a PredictionEngine" + _suffix, 1, texts => [.. texts.Select(text => _engine.Predict(new TextRow { Text = text }).Features)]);

    public void Dispose()
    {
        _engine.Dispose();
        _transformer.Dispose();
    }
}
