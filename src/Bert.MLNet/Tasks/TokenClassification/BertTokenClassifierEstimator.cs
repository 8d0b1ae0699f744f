using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Tasks;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Finds named entities, or whatever a checkpoint was fine-tuned to label tokens with: <c>BertForTokenClassification</c> or <c>DistilBertForTokenClassification</c>.</summary>
/// <remarks>
/// <para>
/// Input: a text column; missing text is empty text. Output: five columns of vectors, of one length in a row, with an item for each entity in the
/// order of the text: its text as it stands there, its type, its probability, and where it begins and ends, in UTF-16 units, so that
/// <c>text[start..end]</c> is the entity.
/// </para>
/// <para>
/// Entities are what HuggingFace's <c>TokenClassificationPipeline</c> finds. A text longer than the model is read in windows that overlap; of
/// entities that overlap the longer is kept. Nothing is trained: <see cref="BertTaskEstimator{TTransformer}.Fit"/> only checks the schema and opens the encoder.
/// </para>
/// </remarks>
public sealed class BertTokenClassifierEstimator : BertTaskEstimator<BertTokenClassifierTransformer>
{
    /// <summary>Settings of <see cref="BertTokenClassifierEstimator"/>.</summary>
    public sealed class Options : BertTaskOptions
    {
        /// <summary>The column that receives the entities' texts. Default "Entities".</summary>
        public string OutputColumnName { get; set; } = "Entities";

        /// <summary>The column of texts. Default "Text".</summary>
        public string InputColumnName { get; set; } = "Text";

        /// <summary>The column that receives the entities' types, as text. Default "EntityTypes".</summary>
        public string TypesColumnName { get; set; } = "EntityTypes";

        /// <summary>The column that receives the entities' probabilities (<see cref="float"/>). Default "EntityScores".</summary>
        public string ScoresColumnName { get; set; } = "EntityScores";

        /// <summary>The column that receives where the entities begin (<see cref="int"/>). Default "EntityStarts".</summary>
        public string StartsColumnName { get; set; } = "EntityStarts";

        /// <summary>The column that receives where the entities end (<see cref="int"/>). Default "EntityEnds".</summary>
        public string EndsColumnName { get; set; } = "EntityEnds";

        /// <summary>How labels of tokens become entities. Default <see cref="BertAggregation.Simple"/>. With <see cref="BertAggregation.None"/> each token is an item, with its whole label as its type.</summary>
        public BertAggregation Aggregation { get; set; } = BertAggregation.Simple;

        /// <summary>Types, or labels of tokens, that are left out. Default "O".</summary>
        public IReadOnlyList<string> IgnoreLabels { get; set; } = ["O"];

        /// <summary>
        /// The column that receives a label for each word: a vector of keys whose values are the checkpoint's labels. Default null: none. Where it is
        /// named, the column of texts may also be a vector of texts, each a word; the words of a text are those of <c>text.Split(' ')</c>. Entities
        /// are then made of whole words, by the labels of their first tokens unless <see cref="Aggregation"/> says otherwise, and tags of BIO,
        /// IOBES and BILOU are understood. A word without tokens is O. Words of a vector are taken as one text, a space between them.
        /// </summary>
        public string? WordLabelsColumnName { get; set; }

        /// <summary>The column that receives the probabilities of all labels for each word (<see cref="float"/>, [words, labels]) where <see cref="WordLabelsColumnName"/> is named. Default "WordScores".</summary>
        public string WordScoresColumnName { get; set; } = "WordScores";

        /// <summary>How many tokens a window repeats of the one before, where a text is longer than <see cref="BertTaskOptions.MaxLength"/>. Default null: a quarter of a window, at most 128.</summary>
        public int? Stride { get; set; }
    }

    private readonly TokenClassifierSettings _settings;

    internal BertTokenClassifierEstimator(IHostEnvironment env, BertModel model, Options options)
        : base(env, nameof(BertTokenClassifierEstimator), model, options)
    {
        EncoderOutput.TokenLogits.Check(model);
        _settings = TokenClassifierSettings.Create(model, options);
        Columns = _settings.Columns;
    }

    private protected override StepColumns Columns { get; }

    private protected override BertTokenClassifierTransformer Create(IHostEnvironment env) => new(env, Model, _settings, Batching);
}
