using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms;

namespace Bert.MLNet.Pretraining.Evaluation;

/// <summary>Learns a task's rows and measures on its test rows, with the library's trainers or, as a control, with n-grams and SDCA.</summary>
internal sealed class FineTuned
{
    private const string Features = nameof(Features);

    private readonly MLContext _ml;

    public FineTuned(int seed) => _ml = new MLContext(seed);

    /// <summary>The checkpoint to start from; null: n-grams.</summary>
    public BertModel? Model { get; init; }

    public int Epochs { get; init; }

    public int BatchSize { get; init; }

    public double? LearningRate { get; init; }

    public bool BiEncoder { get; init; }

    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>The task's figures, from 0 to 100, by name.</summary>
    public IReadOnlyList<(string Name, double Value)> Measure(FineTuningTask task, LabelledPair[] train, LabelledPair[] test)
    {
        IDataView trainRows = _ml.Data.LoadFromEnumerable(train), testRows = _ml.Data.LoadFromEnumerable(test);
        IEstimator<ITransformer> trainer = Model is null ? NGrams(task) : Trainer(task);
        ITransformer fitted = trainer.Fit(trainRows);
        using var disposable = fitted as IDisposable;
        IDataView scored = fitted.Transform(testRows);
        if (task.IsSimilarity)
        {
            SentenceSimilarityMetrics metrics = _ml.Regression.EvaluateSentenceSimilarity(scored, nameof(LabelledPair.Score), "Predicted");
            return [("Spearman", 100 * metrics.SpearmanCorrelation), ("Pearson", 100 * metrics.PearsonCorrelation)];
        }
        BinaryClassificationMetrics classes = _ml.BinaryClassification.EvaluateNonCalibrated(scored, scoreColumnName: "Predicted");
        return task.HasPairs ? [("accuracy", 100 * classes.Accuracy), ("F1", 100 * classes.F1Score)] : [("accuracy", 100 * classes.Accuracy)];
    }

    private IEstimator<ITransformer> Trainer(FineTuningTask task) => task.IsSimilarity
        ? _ml.Regression.Trainers.SentenceSimilarity(Model, Common(new SentenceSimilarityTrainer.Options
        {
            LabelColumnName = nameof(LabelledPair.Score),
            BiEncoder = BiEncoder,
        }))
        : _ml.BinaryClassification.Trainers.TextClassification(Model, Common(new TextClassificationBinaryTrainer.Options
        {
            Sentence2ColumnName = task.HasPairs ? nameof(LabelledPair.Sentence2) : null,
        }));

    private TOptions Common<TOptions>(TOptions options)
        where TOptions : SequenceTrainingOptions
    {
        options.ScoreColumnName = "Predicted";
        options.MaxEpochs = Epochs;
        options.BatchSize = BatchSize;
        options.LearningRate = LearningRate;
        options.Progress = Progress;
        return options;
    }

    private EstimatorChain<ColumnCopyingTransformer> NGrams(FineTuningTask task)
    {
        IEstimator<ITransformer> features = task.HasPairs
            ? _ml.Transforms.Text.FeaturizeText("First", nameof(LabelledPair.Sentence1))
                .Append(_ml.Transforms.Text.FeaturizeText("Second", nameof(LabelledPair.Sentence2)))
                .Append(_ml.Transforms.Concatenate(Features, "First", "Second"))
            : _ml.Transforms.Text.FeaturizeText(Features, nameof(LabelledPair.Sentence1));
        // Several threads would give another figure every time.
        IEstimator<ITransformer> trainer = task.IsSimilarity
            ? _ml.Regression.Trainers.Sdca(new SdcaRegressionTrainer.Options { LabelColumnName = nameof(LabelledPair.Score), NumberOfThreads = 1 })
            : _ml.BinaryClassification.Trainers.SdcaLogisticRegression(new SdcaLogisticRegressionBinaryTrainer.Options { NumberOfThreads = 1 });
        // ML.NET's score would hide the label of the same name.
        return _ml.Transforms.CopyColumns("Right", nameof(LabelledPair.Score)).Append(features).AppendCacheCheckpoint(_ml).Append(trainer)
            .Append(_ml.Transforms.CopyColumns("Predicted", "Score")).Append(_ml.Transforms.CopyColumns("Score", "Right"));
    }
}
