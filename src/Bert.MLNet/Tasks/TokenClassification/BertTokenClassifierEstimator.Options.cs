using System.Text.Json.Serialization;
using Bert.MLNet.DataViews;
using Bert.MLNet.Tasks;

namespace Bert.MLNet;

public sealed partial class BertTokenClassifierEstimator
{
    /// <summary>The options of <see cref="BertTokenClassifierEstimator"/>. Immutable.</summary>
    public sealed record Options : BertTaskOptions
    {
        /// <summary>The column that receives the entities' texts. Default "Entities".</summary>
        public string OutputColumnName { get; init; } = "Entities";

        /// <summary>The column of texts. Default "Text".</summary>
        public string InputColumnName { get; init; } = "Text";

        /// <summary>The column that receives the entities' types, as text. Default "EntityTypes".</summary>
        public string TypesColumnName { get; init; } = "EntityTypes";

        /// <summary>The column that receives the entities' probabilities (<see cref="float"/>). Default "EntityScores".</summary>
        public string ScoresColumnName { get; init; } = "EntityScores";

        /// <summary>The column that receives where the entities begin (<see cref="int"/>). Default "EntityStarts".</summary>
        public string StartsColumnName { get; init; } = "EntityStarts";

        /// <summary>The column that receives where the entities end (<see cref="int"/>). Default "EntityEnds".</summary>
        public string EndsColumnName { get; init; } = "EntityEnds";

        /// <summary>How labels of tokens become entities. Default <see cref="BertAggregation.Simple"/>. With <see cref="BertAggregation.None"/> each token is an item, with its whole label as its type.</summary>
        public BertAggregation Aggregation { get; init; } = BertAggregation.Simple;

        /// <summary>Types, or labels of tokens, that are left out. Default "O".</summary>
        public IReadOnlyList<string> IgnoreLabels { get; init; } = ["O"];

        /// <summary>
        /// The column that receives a label for each word: a vector of keys whose values are the checkpoint's labels. Default null: none. Where it is
        /// named, the column of texts may also be a vector of texts, each a word; the words of a text are those of <c>text.Split(' ')</c>. Entities
        /// are then made of whole words, by the labels of their first tokens unless <see cref="Aggregation"/> says otherwise, and tags of BIO,
        /// IOBES and BILOU are understood. A word without tokens is O. Words of a vector are taken as one text, a space between them.
        /// </summary>
        public string? WordLabelsColumnName { get; init; }

        /// <summary>The column that receives the probabilities of all labels for each word (<see cref="float"/>, [words, labels]) where <see cref="WordLabelsColumnName"/> is named. Default "WordScores".</summary>
        public string WordScoresColumnName { get; init; } = "WordScores";

        /// <summary>How many tokens a window repeats of the one before, where a text is longer than <see cref="BertTaskOptions.MaxLength"/>. Default null: a quarter of a window, at most 128.</summary>
        public int? Stride { get; init; }

        /// <summary>The scheme in which words' labels are written; null: as they are predicted.</summary>
        [JsonInclude]
        internal TagScheme? Scheme { get; init; }

        /// <summary>What keys of words' labels stand for; null: the names in the checkpoint's <c>id2label</c>.</summary>
        [JsonIgnore]
        internal KeyValues? Labels { get; init; }

        /// <summary>These options with every null resolved against the checkpoint, checked.</summary>
        /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
        internal Options Resolve()
        {
            RequiredOptions.Check(this);
            int maxLength = MaxLength ?? Checkpoint.MaxSequenceLength;
            return (this with
            {
                Model = Checkpoint,
                Batching = Batching.Validated(),
                IgnoreLabels = [.. IgnoreLabels],
                Labels = Labels ?? KeyValues.Of(Checkpoint.Config.LabelNames),
                Stride = Stride ?? TextWindows.DefaultStride(maxLength),
                MaxLength = maxLength,
            }).Checked(Checkpoint);
        }

        private Options Checked(BertModel model)
        {
            if (!Enum.IsDefined(Aggregation))
                throw new ArgumentException($"{nameof(Aggregation)} is {Aggregation}; choose one of {string.Join(", ", Enum.GetNames<BertAggregation>())}.");
            if (Scheme is { } scheme && !Enum.IsDefined(scheme))
                throw new FormatException($"The model file is damaged: there is no scheme {scheme} of tags. Save the model again.");
            model.CheckMaxLength(MaxLength!.Value);
            TextWindows.CheckStride(Stride!.Value, MaxLength.Value);
            return this;
        }
    }
}
