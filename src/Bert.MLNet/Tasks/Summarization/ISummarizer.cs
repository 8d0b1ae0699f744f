using Bert.MLNet.DataViews;
using Bert.MLNet.Predictors;
using Microsoft.ML;
using Options = Bert.MLNet.BertExtractiveSummarizerEstimator.Options;

namespace Bert.MLNet.Tasks;

/// <summary>Picks sentences of texts. Thread-safe.</summary>
internal interface ISummarizer : IDisposable
{
    /// <summary>Opens what scores sentences: a checkpoint's head if it was trained for that, or the similarities of its vectors.</summary>
    /// <param name="options">The resolved options.</param>
    static ISummarizer Open(Options options) => BertExtractiveSummarizerEstimator.ScoresSentences(options.Checkpoint)
        ? new TrainedSentences(options)
        : new CentralSentences(options);

    /// <summary>Creates a mapper of the step's columns.</summary>
    BatchMapper Bind(DataViewSchema schema);

    /// <summary>Creates a prediction of summaries without a data view.</summary>
    /// <param name="owner">The transformer, which error messages name.</param>
    /// <param name="batching">How many texts are read ahead and batched.</param>
    IPrediction<string, BertSummary> CreatePrediction(IBatchStep owner, BertBatchOptions batching);
}
