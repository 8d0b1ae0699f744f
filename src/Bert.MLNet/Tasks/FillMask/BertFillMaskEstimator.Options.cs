using System.Text.Json.Serialization;
using Bert.MLNet.DataViews;
using Bert.MLNet.Models;
using Bert.MLNet.Tasks;

namespace Bert.MLNet;

public sealed partial class BertFillMaskEstimator
{
    /// <summary>The options of <see cref="BertFillMaskEstimator"/>. Immutable.</summary>
    public sealed record Options : BertTaskOptions
    {
        /// <summary>The name of the added column of tokens. Default "MaskTokens".</summary>
        public string OutputColumnName { get; init; } = "MaskTokens";

        /// <summary>The name of the text column. Default "Text".</summary>
        public string InputColumnName { get; init; } = "Text";

        /// <summary>The name of the added column with the tokens' probabilities (<see cref="float"/>). Default "MaskScores".</summary>
        public string ScoresColumnName { get; init; } = "MaskScores";

        /// <summary>
        /// The name of the added column with the text completed by each token. If there are several masks, the other masks and the
        /// special tokens remain visible. Default "FilledTexts".
        /// </summary>
        public string FilledTextsColumnName { get; init; } = "FilledTexts";

        /// <summary>The number of tokens to return for each mask, limited by the number of available tokens. Default 5.</summary>
        public int TopK { get; init; } = 5;

        /// <summary>
        /// The words to choose from. A word that is not a token is represented by its first piece. Default empty: any token.
        /// </summary>
        public IReadOnlyList<string> Targets
        {
            get;
            init => field = ContentList<string>.OfOrNull(value);
        } = new ContentList<string>([]);

        /// <summary>
        /// The number of tokens that a window repeats from the previous one, for texts longer than
        /// <see cref="BertTaskOptions.MaxLength"/>. Default null: a quarter of a window, at most 128.
        /// </summary>
        public int? Stride { get; init; }

        /// <summary>The ids of the tokens to choose from, empty for all. Null until the options are resolved.</summary>
        [JsonInclude]
        internal IReadOnlyList<int>? TargetIds { get; init => field = ContentList<int>.OfOrNull(value); }

        /// <summary>Returns these options with every null resolved against the checkpoint, after checking them.</summary>
        /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
        /// <exception cref="NotSupportedException">The vocabulary has no mask token.</exception>
        internal Options Resolve()
        {
            RequiredOptions.Check(this);
            int maxLength = MaxLength ?? Checkpoint.MaxSequenceLength;
            IReadOnlyList<int> targets = TargetIds ?? [.. Ids(Checkpoint.Tokenizer, Targets)];
            if (Targets.Count > 0 && targets.Count == 0)
                throw new ArgumentException($"{nameof(Targets)} contains no word in the vocabulary of '{Checkpoint.Name}'.");
            return (this with
            {
                Model = Checkpoint,
                Batching = Batching.Validated(),
                TopK = Math.Min(TopK, targets.Count > 0 ? targets.Count : Checkpoint.Tokenizer.Vocabulary.Size),
                TargetIds = targets,
                Stride = Stride ?? TextWindows.DefaultStride(maxLength),
                MaxLength = maxLength,
            }).Checked(Checkpoint);
        }

        private Options Checked(BertModel model)
        {
            if (model.Tokenizer.MaskTokenId < 0)
                throw new NotSupportedException(
                    $"The vocabulary of '{model.Name}' has no mask token, so texts cannot contain masks. Use another checkpoint.");
            if (TopK < 1)
                throw new ArgumentException($"{nameof(TopK)} is {TopK}; it must be at least 1.");
            if (TargetIds!.Any(id => id < 0 || id >= model.Tokenizer.Vocabulary.Size))
                throw new ArgumentException($"A target is not a token of '{model.Name}'.");
            model.CheckMaxLength(MaxLength!.Value);
            TextWindows.CheckStride(Stride!.Value, MaxLength.Value);
            return this;
        }

        // A word that is not a token is represented by its first piece, as in HuggingFace's pipeline.
        private static IEnumerable<int> Ids(BertTokenizer tokenizer, IReadOnlyList<string> words)
        {
            var ids = new List<int>();
            foreach (string word in words)
            {
                if (tokenizer.Vocabulary.TryGetId(word, out int id))
                    ids.Add(id);
                else
                    ids.AddRange(tokenizer.Encode(word, options: new() { AddSpecialTokens = false }).Ids.Take(1));
            }
            return ids.Distinct();
        }
    }
}
