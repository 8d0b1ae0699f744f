using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Fine-tunes a checkpoint to find named entities, from labels of words or from places in texts.</summary>
/// <remarks>
/// <para>
/// With labels of words the input is a column of words, which is text whose words single spaces separate (<c>text.Split(' ')</c>) or a
/// vector of texts, and a column of vectors of keys (<c>MapValueToKey</c>), one for each word: tags of BIO, in either form, IOE, IOBES or
/// BILOU, or types without a prefix. A missing key is O. Output of what is fitted: <c>PredictedLabel</c>, a vector of keys with the values
/// of the label column, one for each word, of which a missing key is O where no value is; <c>Score</c>, [words, labels], the probabilities
/// of <see cref="BertTokenClassifierTransformer.Labels"/>; and the entities as <see cref="BertTokenClassifierEstimator"/> gives them, made
/// of whole words. Labels that do not make entities in the scheme of the others are repaired, in training as in prediction.
/// </para>
/// <para>
/// With places (<see cref="Options.LabelStartsColumnName"/>) the input is a column of texts and three columns of vectors, of one length in
/// a row: the keys of the entities' types, their starts and ends. What is fitted gives entities alone.
/// </para>
/// <para>Texts longer than the model are read in windows that overlap. The metric of validation is F1 of entities as seqeval computes
/// it.</para>
/// </remarks>
public sealed class NamedEntityRecognitionTrainer : IEstimator<BertTokenClassifierTransformer>
{
    /// <summary>The options of <see cref="NamedEntityRecognitionTrainer"/>. Immutable.</summary>
    public sealed record Options : SequenceTrainingOptions
    {
        /// <summary>Options with the columns that Microsoft.ML.TorchSharp has: the texts are in "Sentence".</summary>
        public Options() => Sentence1ColumnName = "Sentence";

        /// <summary>The column of predicted labels of words that the fitted transformer adds. Default "PredictedLabel".</summary>
        public string OutputColumnName { get; init; } = "PredictedLabel";

        /// <summary>
        /// The column of where entities begin in the text (a vector of <see cref="int"/>, UTF-16 units), where labels are the types of
        /// entities. Default null: labels are those of words.
        /// </summary>
        public string? LabelStartsColumnName { get; init; }

        /// <summary>The column of where they end: <c>text[start..end]</c> is the entity. Default null: labels are those of words.</summary>
        public string? LabelEndsColumnName { get; init; }

        /// <summary>The column that receives the entities' texts. Default "Entities".</summary>
        public string EntitiesColumnName { get; init; } = "Entities";

        /// <summary>The column that receives their types. Default "EntityTypes".</summary>
        public string EntityTypesColumnName { get; init; } = "EntityTypes";

        /// <summary>The column that receives their probabilities. Default "EntityScores".</summary>
        public string EntityScoresColumnName { get; init; } = "EntityScores";

        /// <summary>The column that receives where they begin. Default "EntityStarts".</summary>
        public string EntityStartsColumnName { get; init; } = "EntityStarts";

        /// <summary>The column that receives where they end. Default "EntityEnds".</summary>
        public string EntityEndsColumnName { get; init; } = "EntityEnds";

        /// <summary>
        /// How many tokens a window repeats of the one before, where a text is longer than <see cref="BertTrainingOptions.MaxLength"/>.
        /// Default null: a quarter of a window, at most 128.
        /// </summary>
        public int? Stride { get; init; }
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
