using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Tasks;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Guesses the words behind masks, with a checkpoint that still has the head of its pretraining: <c>BertForMaskedLM</c>, <c>BertForPreTraining</c> or <c>DistilBertForMaskedLM</c>.</summary>
/// <remarks>
/// <para>
/// Input: a text column, whose texts have the tokenizer's mask token (<c>[MASK]</c>) where a word is to be guessed. Output: three columns of vectors of
/// dimensions [masks, k]: the tokens that may stand there, the most probable first; their probabilities; the text with each of them, as the
/// tokenizer writes it. A row without masks has empty vectors. One mask stands for one token, and each is guessed for itself.
/// </para>
/// <para>
/// The guesses are those of HuggingFace's <c>FillMaskPipeline</c>. Of a text longer than the model a mask sees the window that shows the most around
/// it. Nothing is trained: <see cref="BertTaskEstimator{TTransformer}.Fit"/> only checks the schema and opens the encoder.
/// </para>
/// </remarks>
public sealed class BertFillMaskEstimator : BertTaskEstimator<BertFillMaskTransformer>
{
    /// <summary>Settings of <see cref="BertFillMaskEstimator"/>.</summary>
    public sealed class Options : BertTaskOptions
    {
        /// <summary>The column that receives the tokens. Default "MaskTokens".</summary>
        public string OutputColumnName { get; set; } = "MaskTokens";

        /// <summary>The column of texts. Default "Text".</summary>
        public string InputColumnName { get; set; } = "Text";

        /// <summary>The column that receives the tokens' probabilities (<see cref="float"/>). Default "MaskScores".</summary>
        public string ScoresColumnName { get; set; } = "MaskScores";

        /// <summary>The column that receives the text with each token. With several masks the others stay, and the special tokens are shown. Default "FilledTexts".</summary>
        public string FilledTextsColumnName { get; set; } = "FilledTexts";

        /// <summary>How many tokens are given for each mask; at most all that there are. Default 5.</summary>
        public int TopK { get; set; } = 5;

        /// <summary>The only words that may be given. One that is no token stands for its first piece. Default none: any token.</summary>
        public IReadOnlyList<string> Targets { get; set; } = [];

        /// <summary>How many tokens a window repeats of the one before, where a text is longer than <see cref="BertTaskOptions.MaxLength"/>. Default null: a quarter of a window, at most 128.</summary>
        public int? Stride { get; set; }
    }

    private readonly FillMaskSettings _settings;

    internal BertFillMaskEstimator(IHostEnvironment env, BertModel model, Options options)
        : base(env, nameof(BertFillMaskEstimator), model, options)
    {
        EncoderOutput.MaskedWordLogits.Check(model);
        _settings = FillMaskSettings.Create(model, options);
        Columns = _settings.Columns;
    }

    private protected override StepColumns Columns { get; }

    private protected override BertFillMaskTransformer Create(IHostEnvironment env) => new(env, Model, _settings, Batching);
}
