using Bert.MLNet.DataViews;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Fine-tunes a checkpoint to tell which label a text, or a pair of texts, has, or which labels.</summary>
/// <remarks>
/// Input: one or two text columns and a column of keys (<c>MapValueToKey</c>). Output of what is fitted: <c>PredictedLabel</c>, a key with the
/// values of the label column, for <c>MapKeyToValue</c>; <c>Score</c>, a vector of <see cref="float"/> with a probability for each label, slots
/// named after them. A label that no row has can be predicted, and hardly will be.
/// <para>
/// Where the label column holds vectors, of keys or of <see cref="bool"/> with slot names, a row may have any number of labels:
/// <c>PredictedLabel</c> is a vector of the keys of those that reach their thresholds, and probabilities need not add up to 1.
/// </para>
/// </remarks>
public sealed class TextClassificationTrainer : SequenceTrainer<BertClassifierTransformer>
{
    /// <summary>Settings of <see cref="TextClassificationTrainer"/>.</summary>
    public sealed class Options : SequenceTrainingOptions
    {
        /// <summary>The column of predicted labels that the fitted transformer adds. Default "PredictedLabel".</summary>
        public string OutputColumnName { get; set; } = "PredictedLabel";

        /// <summary>The column of second texts. Default null: rows have one text.</summary>
        public string? Sentence2ColumnName { get; set; }

        /// <summary>The share of probability, from 0 to 1, that goes to all labels alike. Default 0.</summary>
        public double LabelSmoothing { get; set; }

        /// <summary>A weight for each label, in the order of the keys, for its rows' share in the loss. Default null: 1 for all.</summary>
        public IReadOnlyList<float>? ClassWeights { get; set; }

        /// <summary>From which probability a label is predicted where a row may have any number of them: one number for all, or one for each label. Default 0.5.</summary>
        public IReadOnlyList<float> Thresholds { get; set; } = [0.5f];

        /// <summary>Whether rare labels weigh more, so that all have the same share in the loss; <see cref="ClassWeights"/> goes before. Default false.</summary>
        public bool BalanceClasses { get; set; }
    }

    private readonly Options _options;

    internal TextClassificationTrainer(IHostEnvironment env, BertModel? model, Options options)
        : base(env, nameof(TextClassificationTrainer), model, options = (Options)options.Copy(), options.Sentence2ColumnName)
    {
        _options = options;
        Host.CheckNonEmpty(options.LabelColumnName, nameof(options.LabelColumnName));
        if (options.LabelSmoothing is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(options), options.LabelSmoothing, $"{nameof(options.LabelSmoothing)} must be at least 0 and less than 1.");
        if (options.ClassWeights is { } weights && !weights.All(weight => weight >= 0 && float.IsFinite(weight)))
            throw new ArgumentOutOfRangeException(nameof(options), $"{nameof(options.ClassWeights)} must be numbers from 0.");
    }

    private protected override SchemaShape AddOutputs(SchemaShape inputSchema)
    {
        SchemaShape.Column label = LabelColumn.Find(inputSchema, _options);
        int? size = label.Kind == SchemaShape.Column.VectorKind.Scalar ? null : 0;
        return OutputShape.Add(inputSchema, [.. OutputShape.WithKeyValuesOf(label, PredictionColumn.Labels(_options.OutputColumnName, Unknown, size), PredictionColumn.Scores(_options.ScoreColumnName, Unknown))]);
    }

    private protected override TargetColumn Bind(DataViewSchema schema) => LabelColumn.Find(schema, _options);

    private protected override BertClassifierTransformer CreateTransformer(BertModel trained, TargetColumn target)
    {
        var options = new BertClassifierEstimator.Options
        {
            OutputColumnName = _options.OutputColumnName,
            InputColumnName = _options.Sentence1ColumnName,
            PairColumnName = _options.Sentence2ColumnName,
            ScoreColumnName = _options.ScoreColumnName,
            Thresholds = _options.Thresholds,
            MaxLength = MaxLength,
        };
        return new BertClassifierTransformer(Host, trained, ClassifierSettings.Create(trained, options, ((LabelColumn)target).Labels), _options.Batching);
    }

    // How many labels there are, and what, is known when there are data.
    private static KeyValues Unknown => KeyValues.Of(["", ""]);
}
