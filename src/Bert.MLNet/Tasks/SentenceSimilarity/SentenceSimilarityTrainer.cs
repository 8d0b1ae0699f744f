using Bert.MLNet.DataViews;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tasks;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Fine-tunes a checkpoint to say how alike two texts are: as a cross-encoder, which reads both at once, or as a bi-encoder, which makes a vector of each.</summary>
/// <remarks>
/// Input: two text columns and a column of <see cref="float"/>, on any scale, of which NaN is a missing value. Output of what is fitted, a
/// <see cref="BertCrossEncoderTransformer"/> or a <see cref="BertBiEncoderTransformer"/>: <c>Score</c>, a <see cref="float"/> on the same scale.
/// <para>
/// A cross-encoder as a rule judges better. A bi-encoder's vectors can be computed once a text and searched: its score is the cosine of
/// two vectors, from <see cref="Options.MinimumLabel"/> (0) to <see cref="Options.MaximumLabel"/> (1), and below where the cosine is negative. How a
/// text becomes a vector is what the checkpoint says (<see cref="BertModel.Sentence"/>), the mean of its last hidden states where it says nothing.
/// </para>
/// </remarks>
public sealed class SentenceSimilarityTrainer : SequenceTrainer<BertTaskTransformer>
{
    /// <summary>Settings of <see cref="SentenceSimilarityTrainer"/>.</summary>
    public sealed class Options : SequenceTrainingOptions
    {
        /// <summary>The column of second texts. Default "Sentence2".</summary>
        public string Sentence2ColumnName { get; set; } = "Sentence2";

        /// <summary>Whether each text gets a vector of its own, and the cosine of the two is learnt. Default false: a cross-encoder.</summary>
        public bool BiEncoder { get; set; }

        /// <summary>The label of texts that have nothing in common: the cosine 0 of a bi-encoder. Default null: the smallest that is learnt from.</summary>
        public float? MinimumLabel { get; set; }

        /// <summary>The label of texts that say the same: the cosine 1 of a bi-encoder. Default null: the largest that is learnt from.</summary>
        public float? MaximumLabel { get; set; }

        internal override void Check(BertModel model)
        {
            base.Check(model);
            Require(BiEncoder || (MinimumLabel ?? MaximumLabel) is null, nameof(MinimumLabel), MinimumLabel, $"null, and {nameof(MaximumLabel)} too, for a cross-encoder");
            Require(!(MinimumLabel >= MaximumLabel), nameof(MinimumLabel), MinimumLabel, $"less than {nameof(MaximumLabel)}");
            if (BiEncoder && model.Sentence is { IncludePrompt: false, DefaultPrompt: not null })
                throw new NotSupportedException($"'{model.Name}' leaves its prompt out of pooling, which is not supported in training. Use model.WithSentence(model.Sentence with {{ IncludePrompt = true }}), or another checkpoint.");
        }
    }

    private readonly Options _options;

    internal SentenceSimilarityTrainer(IHostEnvironment env, BertModel? model, Options options)
        : base(env, nameof(SentenceSimilarityTrainer), model, options = (Options)options.Copy(), options.Sentence2ColumnName)
    {
        _options = options;
        Host.CheckNonEmpty(options.LabelColumnName, nameof(options.LabelColumnName));
        Host.CheckNonEmpty(options.Sentence2ColumnName, nameof(options.Sentence2ColumnName));
    }

    private PairScoreColumns Columns => new(_options.ScoreColumnName, _options.Sentence1ColumnName, _options.Sentence2ColumnName);

    private protected override SchemaShape AddOutputs(SchemaShape inputSchema)
    {
        InputColumn.Find(inputSchema, _options.LabelColumnName, nameof(_options.LabelColumnName), NumberTarget.Expected,
            column => column.ItemType == NumberDataViewType.Single && !column.IsKey && column.Kind == SchemaShape.Column.VectorKind.Scalar);
        return OutputShape.Add(inputSchema, [PredictionColumn.Regression(_options.ScoreColumnName)]);
    }

    private protected override TrainingTarget Bind(DataViewSchema schema) => new NumberTarget(schema, _options.LabelColumnName);

    private protected override BertTaskTransformer CreateTransformer(BertModel trained, TrainingTarget target) =>
        new BertCrossEncoderTransformer(FittedEnvironment, trained, new CrossEncoderSettings(Columns, BertScoreActivation.Identity, MaxLength), _options.Batching);

    private protected override void Tokenize(ReadOnlyMemory<char> first, ReadOnlyMemory<char> second, List<int> ids, out int pairStart)
    {
        if (!_options.BiEncoder)
        {
            base.Tokenize(first, second, ids, out pairStart);
            return;
        }
        Add(first);
        pairStart = ids.Count;
        Add(second);

        void Add(ReadOnlyMemory<char> text) =>
            Model.Tokenizer.EncodeTo($"{Model.Sentence.DefaultPrompt}{text}", default, hasPair: false, MaxLength, BertTruncation.OnlyFirst, ids, out _);
    }

    private protected override BertTaskTransformer Learn(TrainingTarget target, TrainingRow[] rows, TrainingRow[] validation)
    {
        if (!_options.BiEncoder)
            return base.Learn(target, rows, validation);
        (float minimum, float maximum) = ((NumberTarget)target).Range(rows, _options);
        BertConfig config = Model.Config with { Architectures = [Model.Config.Family.EncoderClass], ProblemType = null };
        BertModel trained = FineTuning.Run(Host, Model, config, new CosineSimilarityObjective(Model.Sentence, minimum, maximum), _options, rows, validation);
        trained = trained.WithSentence(Model.Sentence with
        {
            MaxSequenceLength = MaxLength,
            Source = JsonFile.Merge(Model.Sentence.Source, new Dictionary<string, object?> { ["similarity_fn_name"] = "cosine" }),
        });
        return new BertBiEncoderTransformer(FittedEnvironment, trained, Columns, minimum, maximum, _options.Batching);
    }
}
