using Bert.MLNet.Encoders;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Benchmarks;

/// <summary>This library: <c>ApplyBertEmbedding</c> over a data view, and row by row in a prediction engine.</summary>
internal sealed class EmbeddingContender : IDisposable
{
    /// <summary>How the names of contenders with an int8 model end.</summary>
    public const string Int8 = ", int8";

    /// <summary>How the names of contenders with static embeddings end.</summary>
    public const string Static = ", static embeddings";

    private readonly MLContext _ml = new();
    private readonly string _suffix;
    private readonly int _threads;
    private readonly BertEmbeddingTransformer _transformer;
    private readonly PredictionEngine<TextRow, VectorRow> _engine;

    /// <param name="model">The model.</param>
    /// <param name="threads">Threads that compute.</param>
    /// <param name="form">What the names say of an int8 model besides.</param>
    /// <param name="normalize">Whether vectors have length 1.</param>
    public EmbeddingContender(BertModel model, int threads, string form = "", bool normalize = false)
    {
        _suffix = model.Table is not null ? Static : model.IsQuantized ? form + Int8 : "";
        _threads = threads;
        _transformer = _ml.Transforms.Text.ApplyBertEmbedding(new BertEmbeddingEstimator.Options
        {
            Model = model,
            Pooling = BertPooling.Mean,
            Normalize = normalize,
            Batching = new BertBatchOptions { NumberOfThreads = threads },
        }).Fit(_ml.Data.LoadFromEnumerable<TextRow>([]));
        _engine = _ml.Model.CreatePredictionEngine<TextRow, VectorRow>(
            _transformer, new PredictionEngineOptions { OwnsTransformer = false });
    }

    /// <summary>
    /// An int8 model whose weights go into ONNX Runtime's products as unsigned bytes, or as signed ones, whatever the processor needs.
    /// </summary>
    public static EmbeddingContender WithWeights(bool unsigned, BertModel model, int threads)
    {
        AppContext.SetData(IntegerProducts.Switch, unsigned.ToString());
        try
        {
            return new EmbeddingContender(model, threads, unsigned ? ", unsigned" : ", signed");
        }
        finally
        {
            AppContext.SetData(IntegerProducts.Switch, null);
        }
    }

    public Contender Batched => new("ApplyBertEmbedding" + _suffix, _threads, texts =>
    {
        IDataView view = _transformer.Transform(_ml.Data.LoadFromEnumerable(texts.Select(text => new TextRow { Text = text })));
        return [.. view.GetColumn<float[]>(view.Schema["Features"])];
    });

    public Contender OneByOne =>
        new("ApplyBertEmbedding in a PredictionEngine" + _suffix, 1,
            texts => [.. texts.Select(text => _engine.Predict(new TextRow { Text = text }).Features)]);

    public void Dispose()
    {
        _engine.Dispose();
        _transformer.Dispose();
    }
}
