using System.Text.Json.Serialization;
using Bert.MLNet.DataViews;
using Bert.MLNet.Models;
using Bert.MLNet.Tasks;

namespace Bert.MLNet;

public sealed partial class BertTokenClassifierEstimator
{
    /// <summary>The options of <see cref="BertTokenClassifierEstimator"/>. Immutable.</summary>
    public sealed record Options : BertTaskOptions
    {
        /// <summary>The name of the added column of the entities' texts. Default "Entities".</summary>
        public string OutputColumnName { get; init; } = "Entities";

        /// <summary>The name of the text column. Default "Text".</summary>
        public string InputColumnName { get; init; } = "Text";

        /// <summary>The name of the added column of the entities' types, as text. Default "EntityTypes".</summary>
        public string TypesColumnName { get; init; } = "EntityTypes";

        /// <summary>The name of the added column of the entities' probabilities (<see cref="float"/>). Default "EntityScores".</summary>
        public string ScoresColumnName { get; init; } = "EntityScores";

        /// <summary>The name of the added column of the entities' starts (<see cref="int"/>). Default "EntityStarts".</summary>
        public string StartsColumnName { get; init; } = "EntityStarts";

        /// <summary>The name of the added column of the entities' ends (<see cref="int"/>). Default "EntityEnds".</summary>
        public string EndsColumnName { get; init; } = "EntityEnds";

        /// <summary>
        /// How labels of tokens are combined into entities. Default <see cref="BertAggregation.Simple"/>. With
        /// <see cref="BertAggregation.None"/>, each token is an item whose type is its complete label.
        /// </summary>
        public BertAggregation Aggregation { get; init; } = BertAggregation.Simple;

        /// <summary>The types, or labels of tokens, to omit. Default "O".</summary>
        public IReadOnlyList<string> IgnoreLabels
        {
            get;
            init => field = ContentList<string>.OfOrNull(value);
        } = new ContentList<string>(["O"]);

        /// <summary>
        /// The name of an added column with a label for each word. It contains vectors of keys whose values are the checkpoint's labels.
        /// Default null: the column is omitted. If it is set, the text column can also be a vector of texts, with a word in each slot.
        /// The words of a text are those of <c>text.Split(' ')</c>; the words of a vector are joined by spaces.
        /// Entities then consist of whole
        /// words and are combined by the labels of their first tokens, unless <see cref="Aggregation"/> is set. Tags of BIO, IOBES and
        /// BILOU are supported. A word without tokens is O.
        /// </summary>
        public string? WordLabelsColumnName { get; init; }

        /// <summary>
        /// The name of the added column with the probabilities of all labels for each word (<see cref="float"/>, [words, labels]).
        /// Default "WordScores". Used only if <see cref="WordLabelsColumnName"/> is set.
        /// </summary>
        public string WordScoresColumnName { get; init; } = "WordScores";

        /// <summary>
        /// The number of tokens that a window repeats from the previous one, for texts longer than
        /// <see cref="BertTaskOptions.MaxLength"/>. Default null: a quarter of a window, at most 128.
        /// </summary>
        public int? Stride { get; init; }

        /// <summary>The scheme of the words' labels; null for labels as they are predicted.</summary>
        [JsonInclude]
        internal TagScheme? Scheme { get; init; }

        /// <summary>The values that the keys of words' labels represent; null for the names in the checkpoint's <c>id2label</c>.</summary>
        [JsonIgnore]
        internal KeyValues? Labels { get; init; }

        /// <summary>Returns these options with every null resolved against the checkpoint, after checking them.</summary>
        /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
        internal Options Resolve()
        {
            RequiredOptions.Check(this);
            int maxLength = MaxLength ?? Checkpoint.MaxSequenceLength;
            return (this with
            {
                Model = Checkpoint,
                Batching = Batching.Validated(),
                Labels = Labels ?? KeyValues.Of(Checkpoint.Config.LabelNames),
                Stride = Stride ?? TextWindows.DefaultStride(maxLength),
                MaxLength = maxLength,
            }).Checked(Checkpoint);
        }

        private Options Checked(BertModel model)
        {
            if (!Enum.IsDefined(Aggregation))
                throw new ArgumentException(
                    $"{nameof(Aggregation)} is {Aggregation}; choose one of {string.Join(", ", Enum.GetNames<BertAggregation>())}.");
            if (Scheme is { } scheme && !Enum.IsDefined(scheme))
                throw new FormatException($"The model file is damaged: its tags have the unknown scheme {scheme}. Save the model again.");
            model.CheckMaxLength(MaxLength!.Value);
            TextWindows.CheckStride(Stride!.Value, MaxLength.Value);
            return this;
        }
    }
}
