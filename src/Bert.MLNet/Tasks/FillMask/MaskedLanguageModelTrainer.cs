using Bert.MLNet.DataViews;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Tasks;
using Bert.MLNet.Tokenization;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Goes on with the pretraining of a checkpoint, on texts of your own kind: words are masked, and it learns to guess them.</summary>
/// <remarks>
/// Input: a text column; there are no labels. Texts longer than <see cref="BertTrainingOptions.MaxLength"/> are read in windows, empty ones are
/// left out; all are kept as tokens, four bytes each. What is fitted guesses masked words, as <c>ApplyBertFillMask</c> does, and its
/// <see cref="BertTaskTransformer.Model"/>, a <c>BertForMaskedLM</c>, can be given to any other step or trainer. A checkpoint's head for masked words is kept,
/// else there is a new one; other heads, and the pooler, are dropped, since nothing is learnt for them.
/// </remarks>
public sealed class MaskedLanguageModelTrainer : BertTrainer<BertFillMaskTransformer>
{
    /// <summary>Settings of <see cref="MaskedLanguageModelTrainer"/>.</summary>
    public sealed class Options : BertTrainingOptions
    {
        /// <summary>The column of texts. Default "Text".</summary>
        public string InputColumnName { get; set; } = "Text";

        /// <summary>
        /// The share of tokens that are masked, drawn anew in each epoch. Whole words are drawn; of their tokens 80 % become [MASK], 10 % another token, and 10 % stay
        /// (Devlin et al., 2019). Default 0.15.
        /// </summary>
        public double MlmProbability { get; set; } = 0.15;

        internal override void Check(BertModel model)
        {
            base.Check(model);
            Require(MlmProbability is > 0 and < 1, nameof(MlmProbability), MlmProbability, "above 0 and less than 1");
        }
    }

    private readonly Options _options;
    private readonly BertFillMaskEstimator.Options _outputs;
    private readonly WholeWordMasking _masking;
    private readonly int _maxLength;

    internal MaskedLanguageModelTrainer(IHostEnvironment env, BertModel? model, Options options)
        : base(env, nameof(MaskedLanguageModelTrainer), model, options = (Options)options.Copy())
    {
        _options = options;
        Host.CheckNonEmpty(options.InputColumnName, nameof(options.InputColumnName));
        _maxLength = options.MaxLength ?? Model.MaxSequenceLength;
        _outputs = new BertFillMaskEstimator.Options { InputColumnName = options.InputColumnName, MaxLength = _maxLength };
        FillMaskSettings.Create(Model, _outputs);
        _masking = new WholeWordMasking(Model.Tokenizer, options.MlmProbability);
        if (Model is { Config.TieWordEmbeddings: false, Weights: { } weights } && weights.Contains(CanonicalNames.Decoder))
            throw new NotSupportedException($"'{Model.Name}' decodes words with weights of their own ('tie_word_embeddings' in config.json is false), which is not supported in training. Use another checkpoint.");
    }

    private protected override SchemaShape OutputsOver(SchemaShape inputSchema) => FillMaskSettings.Create(Model, _outputs).Columns.AddTo(inputSchema);

    private protected override BertFillMaskTransformer Train(IDataView input)
    {
        (TrainingRow[] rows, TrainingRow[] validation) = Read(input, ReadRows);
        if (rows.Length == 0)
            throw new InvalidOperationException($"No text in column '{_options.InputColumnName}' has a word, so there is nothing to learn.");
        BertConfig config = Model.Config with { Architectures = [Model.Config.Family.ClassFor(nameof(HeadKind.MaskedLM))], ProblemType = null, TieWordEmbeddings = true };
        BertModel trained = FineTuning.Run(Host, Model, config, new MaskedWordsObjective(_masking, _options.MlmProbability), _options, rows, validation).WithSentence(Model.Sentence);
        return new BertFillMaskTransformer(FittedEnvironment, trained, FillMaskSettings.Create(trained, _outputs), _options.Batching);
    }

    private TrainingRow[] ReadRows(IDataView data)
    {
        DataViewSchema.Column column = InputColumn.FindText(data.Schema, _options.InputColumnName, nameof(_options.InputColumnName));
        BertEncodeOptions encoding = TextWindows.Encoding(_maxLength, stride: 0);
        var rows = new List<TrainingRow>();
        DataScan.Run(Host, data, [column], row =>
        {
            var getter = row.GetGetter<ReadOnlyMemory<char>>(column);
            ReadOnlyMemory<char> text = default;
            return () =>
            {
                getter(ref text);
                BertEncoding first = Model.Tokenizer.Encode(text.ToString(), options: encoding);
                foreach (BertEncoding window in first.Overflowing.Prepend(first))
                {
                    int words = window.Ids.Count - Model.Tokenizer.Row.SpecialTokens(hasPair: false);
                    if (words > 0)
                        rows.Add(new TrainingRow([.. window.Ids], window.Ids.Count, row.Position, [], (float)(words * _options.MlmProbability)));
                }
            };
        });
        return [.. rows];
    }
}
