using Bert.MLNet.DataViews;

namespace Bert.MLNet;

public sealed partial class BertSequenceToSequenceEstimator
{
    /// <summary>The options of <see cref="BertSequenceToSequenceEstimator"/>. Immutable.</summary>
    public sealed record Options : BertTaskOptions
    {
        /// <summary>Creates the defaults. Batches have up to 1,024 tokens, because they shrink while texts end.</summary>
        public Options() => Batching = new BertBatchOptions { TokenBudget = 1024 };

        /// <summary>The name of the added column of texts. Default "PredictedText".</summary>
        public string OutputColumnName { get; init; } = "PredictedText";

        /// <summary>The name of the column of sources. Default "Text".</summary>
        public string InputColumnName { get; init; } = "Text";

        /// <summary>How texts are generated. Default null: as the checkpoint's <see cref="BertDecoder.Generation"/>.</summary>
        public BertGenerationOptions? Generation { get; init; }

        /// <summary>
        /// Whether a source that is longer than <see cref="BertTaskOptions.MaxLength"/> is an error. Default false: it is truncated.
        /// </summary>
        public bool RefuseLongTexts { get; init; }

        /// <summary>
        /// The name of the added column of scores, a <see cref="float"/> for each text. Default null: the column is omitted.
        /// </summary>
        public string? ScoreColumnName { get; init; }

        /// <summary>
        /// The name of the added column of the best texts, a vector of up to <see cref="BertGenerationOptions.NumReturnSequences"/> texts.
        /// Default null: the column is omitted.
        /// </summary>
        public string? TextsColumnName { get; init; }

        /// <summary>
        /// The name of the added column of their scores, a vector of <see cref="float"/>. Default null: the column is omitted.
        /// </summary>
        public string? ScoresColumnName { get; init; }

        /// <summary>Returns these options with every null resolved against the checkpoint, after checking them.</summary>
        /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
        /// <exception cref="NotSupportedException">The checkpoint has no decoder.</exception>
        internal Options Resolve()
        {
            RequiredOptions.Check(this);
            BertDecoder decoder = Checkpoint.RequireDecoder();
            int maxLength = MaxLength ?? Checkpoint.MaxSequenceLength;
            Checkpoint.CheckMaxLength(maxLength);
            return this with
            {
                Model = Checkpoint,
                Batching = Batching.Validated(),
                Generation = (Generation ?? decoder.Generation).Validated(decoder.Config),
                MaxLength = maxLength,
            };
        }
    }
}
