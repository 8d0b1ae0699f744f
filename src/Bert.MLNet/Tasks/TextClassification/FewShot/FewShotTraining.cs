using Bert.MLNet.Encoders;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>
/// Trains a classifier from a few rows: first the vectors of an encoder, from pairs of rows, then a head that reads the vectors.
/// </summary>
/// <param name="host">The trainer's environment.</param>
/// <param name="options">The resolved options of the trainer.</param>
/// <param name="few">The options of few-shot training.</param>
/// <param name="output">Creates the transformer from the trained checkpoint.</param>
internal sealed class FewShotTraining(
    IHost host, ClassificationTrainingOptions options, BertFewShotOptions few, ClassifierOutput output)
{
    // The encoder of vectors; a classifier that was trained like this before starts with a new head.
    private readonly BertModel _start = VectorClassifier.WithoutHead(options.Checkpoint);

    /// <summary>Creates the trainer.</summary>
    /// <param name="find">Finds the label column.</param>
    /// <param name="addOutputs">Adds the columns of the fitted transformer to the shape of a schema.</param>
    public IEstimator<BertClassifierTransformer> Trainer(
        Func<DataViewSchema, LabelTarget> find, Func<SchemaShape, SchemaShape> addOutputs)
    {
        var texts = new SequenceTexts(options.Sentence1ColumnName, null, (text, _, ids) =>
        {
            VectorTraining.Encode(options, text, ids);
            return ids.Count;
        });
        var task = new SequenceTraining<SingleLabelTarget, SentenceEncoder, BertClassifierTransformer>(
            texts, schema => OneLabel(find(schema)), addOutputs, Plan);
        return FineTuningTrainer.Create(host, options with { Model = _start, MaxEpochs = 1 }, task);
    }

    private SingleLabelTarget OneLabel(LabelTarget label) => label as SingleLabelTarget ?? throw new ArgumentException(
        $"A row of column '{label.Column.Name}' has any number of labels, but {nameof(options.FewShot)} requires one label for each row. " +
        $"Leave {nameof(options.FewShot)} null, or train one classifier for each label.");

    private TrainingPlan<SentenceEncoder, BertClassifierTransformer> Plan(
        SingleLabelTarget label, TrainingRow[] rows, TrainingRow[] validation)
    {
        ScopeThreshold.Check(options, validation);
        (SequenceObjective objective, rows) = label.Learn(rows);
        int[] labels = [.. rows.Select(row => (int)row.Targets[0])];
        if (labels.CountBy(value => value).FirstOrDefault(count => count.Value == 1) is { Value: 1 } single)
        {
            throw new InvalidOperationException(
                $"The label '{label.Labels.Names[single.Key]}' in column '{label.Column.Name}' has one row, but " +
                $"{nameof(options.FewShot)} compares rows of the same label. Add a second row of this label, or remove the label.");
        }
        var random = new Random(FineTuning.SeedOf(options, host));
        TrainingRow[] pairs =
            [.. new PairSampler(labels).Sample(few, random).Select(pair => Pair(rows[pair.First], rows[pair.Second], pair.Same))];
        BertConfig config = label.ConfigOf(_start, lstmSize: 0) with { Architectures = [_start.Config.Family.EncoderClass] };
        return new(pairs, config, new CosineSimilarityObjective(_start.Sentence, minimum: 0, maximum: 1), (env, trained) =>
        {
            BertModel encoder = VectorTraining.WithSentence(options with { Model = _start }, trained);
            BertModel classifier = WithHead(encoder, rows, label.Labels.Count);
            if (few.Head == BertFewShotHead.Differentiable && !options.CancellationToken.IsCancellationRequested)
                classifier = TrainHead(classifier, objective, rows, validation);
            return output(env, classifier, label, rows, validation);
        })
        {
            Validation = [],
        };
    }

    private static TrainingRow Pair(TrainingRow first, TrainingRow second, bool isSame) =>
        new([.. first.Ids, .. second.Ids], first.Length, first.Position, [isSame ? 1 : 0]);

    private BertModel WithHead(BertModel encoder, TrainingRow[] rows, int labels)
    {
        using TextWork<VectorRow, TokenSequence<float[]>> work = VectorClassifier.OpenVectors(encoder);
        float[][] vectors = work.Compute([.. rows.Select(row => SequenceVectors.Sequence(row.Ids))], options.Threads);
        (float[] weights, float[] bias) = LogisticHead.Fit(vectors, rows, labels, few.L2Regularization);
        return VectorClassifier.Create(encoder, weights, bias);
    }

    private BertModel TrainHead(BertModel classifier, SequenceObjective objective, TrainingRow[] rows, TrainingRow[] validation) =>
        FineTuning.Run(host, classifier, classifier.Config, new VectorClassObjective(classifier.Sentence, objective), options with
        {
            Model = classifier,
            CheckpointFolder = options.CheckpointFolder is { } folder ? Path.Combine(folder, "head") : null,
        }, rows, validation);
}
