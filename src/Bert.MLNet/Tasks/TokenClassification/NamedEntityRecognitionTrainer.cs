using Bert.MLNet.Models.Families;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Fine-tunes a checkpoint to find named entities, given labels of words or positions in texts.</summary>
/// <remarks>
/// <para>
/// With labels of words, the input is a column of words (text with single spaces between words, <c>text.Split(' ')</c>, or vectors
/// of text) and a column of vectors of keys (<c>MapValueToKey</c>), one for each word. The keys are tags of BIO in either form,
/// IOE, IOBES or BILOU, or types without a prefix. A missing key counts as O. Output of the fitted transformer:
/// <c>PredictedLabel</c>, a vector of keys with the values of the label column, one for each word, with a missing key for O if O is
/// not one of the values; <c>Score</c>, [words, labels], the probabilities of <see cref="BertTokenClassifierTransformer.Labels"/>;
/// and the entities, as from <see cref="BertTokenClassifierEstimator"/>, which consist of whole words. Labels that are invalid in
/// the scheme of the others are repaired, in training and in prediction.
/// </para>
/// <para>
/// With positions (<see cref="Options.LabelStartsColumnName"/>), the input is a text column and three vector columns, of equal
/// length in a row: the keys of the entities' types, their starts and their ends. The fitted transformer adds only the entities.
/// </para>
/// <para>
/// Texts that are longer than the model's maximum are read in overlapping windows. The validation metric is the F1 score of
/// entities as computed by seqeval.
/// </para>
/// </remarks>
public sealed class NamedEntityRecognitionTrainer : IEstimator<BertTokenClassifierTransformer>
{
    /// <summary>The options of <see cref="NamedEntityRecognitionTrainer"/>. Immutable.</summary>
    public sealed record Options : SequenceTrainingOptions
    {
        /// <summary>Creates options with the default columns of Microsoft.ML.TorchSharp: the texts are in "Sentence".</summary>
        public Options() => Sentence1ColumnName = "Sentence";

        /// <summary>The name of the column of predicted word labels that the fitted transformer adds. Default "PredictedLabel".</summary>
        public string OutputColumnName { get; init; } = "PredictedLabel";

        /// <summary>
        /// The name of the column with the starts of entities in the text (a vector of <see cref="int"/>, UTF-16 code units). If it
        /// is set, the labels are the types of entities. Default null: the labels are those of words.
        /// </summary>
        public string? LabelStartsColumnName { get; init; }

        /// <summary>
        /// The name of the column with the ends of entities: <c>text[start..end]</c> is the entity. Default null: the labels are those
        /// of words.
        /// </summary>
        public string? LabelEndsColumnName { get; init; }

        /// <summary>The name of the added column of the entities' texts. Default "Entities".</summary>
        public string EntitiesColumnName { get; init; } = "Entities";

        /// <summary>The name of the added column of the entities' types. Default "EntityTypes".</summary>
        public string EntityTypesColumnName { get; init; } = "EntityTypes";

        /// <summary>The name of the added column of the entities' probabilities. Default "EntityScores".</summary>
        public string EntityScoresColumnName { get; init; } = "EntityScores";

        /// <summary>The name of the added column of the entities' starts. Default "EntityStarts".</summary>
        public string EntityStartsColumnName { get; init; } = "EntityStarts";

        /// <summary>The name of the added column of the entities' ends. Default "EntityEnds".</summary>
        public string EntityEndsColumnName { get; init; } = "EntityEnds";

        /// <summary>
        /// The number of tokens that a window repeats from the previous one, for texts longer than
        /// <see cref="BertTrainingOptions.MaxLength"/>. Default null: a quarter of a window, at most 128.
        /// </summary>
        public int? Stride { get; init; }

        /// <summary>
        /// The size of each direction of a bidirectional LSTM that is trained over the last hidden states, before the labels; 0 for none.
        /// Default null: as in the checkpoint, usually none.
        /// </summary>
        public int? LstmSize { get; init; }

        internal override void Check(BertModel model)
        {
            base.Check(model);
            Require(LstmSize is null or >= 0 and <= HeadLayer.LargestLstm, nameof(LstmSize), LstmSize,
                $"null, or from 0 to {HeadLayer.LargestLstm}");
        }
    }

    private readonly IEstimator<BertTokenClassifierTransformer> _trainer;

    internal NamedEntityRecognitionTrainer(IHostEnvironment env, Options options)
    {
        options = BertTrainingOptions.Resolve(options);
        IHost host = env.Register(nameof(NamedEntityRecognitionTrainer));
        _trainer = FineTuningTrainer.Create(host, options, new EntityTraining(host, options));
    }

    /// <inheritdoc cref="FineTuningTrainer{TTarget, TModule, TTransformer}.GetOutputSchema"/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _trainer.GetOutputSchema(inputSchema);

    /// <inheritdoc cref="FineTuningTrainer{TTarget, TModule, TTransformer}.Fit"/>
    public BertTokenClassifierTransformer Fit(IDataView input) => _trainer.Fit(input);
}
