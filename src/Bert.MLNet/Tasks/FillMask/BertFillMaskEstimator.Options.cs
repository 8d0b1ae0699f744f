using System.Text.Json.Serialization;
using Bert.MLNet.DataViews;
using Bert.MLNet.Tasks;

namespace Bert.MLNet;

public sealed partial class BertFillMaskEstimator
{
    /// <summary>The options of <see cref="BertFillMaskEstimator"/>. Immutable.</summary>
    public sealed record Options : BertTaskOptions
    {
        /// <summary>The column that receives the tokens. Default "MaskTokens".</summary>
        public string OutputColumnName { get; init; } = "MaskTokens";

        /// <summary>The column of texts. Default "Text".</summary>
        public string InputColumnName { get; init; } = "Text";

        /// <summary>The column that receives the tokens' probabilities (<see cref="float"/>). Default "MaskScores".</summary>
        public string ScoresColumnName { get; init; } = "MaskScores";

        /// <summary>The column that receives the text with each token. With several masks the others stay, and the special tokens are shown. Default "FilledTexts".</summary>
        public string FilledTextsColumnName { get; init; } = "FilledTexts";

        /// <summary>How many tokens are given for each mask; at most all that there are. Default 5.</summary>
        public int TopK { get; init; } = 5;

        /// <summary>The only words that may be given. One that is no token stands for its first piece. Default none: any token.</summary>
        public IReadOnlyList<string> Targets { get; init; } = [];

        /// <summary>How many tokens a window repeats of the one before, where a text is longer than <see cref="BertTaskOptions.MaxLength"/>. Default null: a quarter of a window, at most 128.</summary>
        public int? Stride { get; init; }

        /// <summary>The ids of the only tokens that may be given, empty for all; null until the options are resolved.</summary>
        [JsonInclude]
        internal IReadOnlyList<int>? TargetIds { get; init; }

        /// <summary>These options with every null resolved against the checkpoint, checked.</summary>
        /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
        /// <exception cref="NotSupportedException">The vocabulary has no mask token.</exception>
        internal Options Resolve()
        {
            RequiredOptions.Check(this);
            int maxLength = MaxLength ?? Checkpoint.MaxSequenceLength;
            IReadOnlyList<int> targets = TargetIds ?? [.. Ids(Checkpoint.Tokenizer, Targets)];
            if (Targets.Count > 0 && targets.Count == 0)
                throw new ArgumentException($"{nameof(Targets)} has no word that '{Checkpoint.Name}' knows.");
            return (this with
            {
                Model = Checkpoint,
                Batching = Batching.Validated(),
                TopK = Math.Min(TopK, targets.Count > 0 ? targets.Count : Checkpoint.Tokenizer.Vocabulary.Size),
                Targets = [.. Targets],
                TargetIds = targets,
                Stride = Stride ?? TextWindows.DefaultStride(maxLength),
                MaxLength = maxLength,
            }).Checked(Checkpoint);
        }

        private Options Checked(BertModel model)
        {
            if (model.Tokenizer.MaskTokenId < 0)
                throw new NotSupportedException($"The vocabulary of '{model.Name}' has no mask token, so that no text can have one. Use another checkpoint.");
            if (TopK < 1)
                throw new ArgumentException($"{nameof(TopK)} is {TopK}; it must be at least 1.");
            if (TargetIds!.Any(id => id < 0 || id >= model.Tokenizer.Vocabulary.Size))
                throw new ArgumentException($"There is a target that is not a token of '{model.Name}'.");
            model.CheckMaxLength(MaxLength!.Value);
            TextWindows.CheckStride(Stride!.Value, MaxLength.Value);
            return this;
        }

        // A word that is not a token stands for its first piece, as in HuggingFace's pipeline.
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
