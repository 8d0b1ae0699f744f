using Bert.MLNet.DataViews;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>
/// Explains which words decided a score: the class of a text or pair, the score of a cross-encoder, or the similarity of two texts.
/// </summary>
/// <remarks>
/// <para>
/// The weight of a word is the drop of the score when <c>[MASK]</c> takes the place of the word's tokens, or the word's share in the
/// score's integrated gradients; see <see cref="BertExplanationMethod"/>. A checkpoint without a mask token uses its unknown token, or its
/// padding token.
/// </para>
/// <para>
/// The words are those into which the tokenizer splits a text: most tokenizers separate punctuation, and Chinese characters are words.
/// </para>
/// <para>
/// Input: one or two text columns; missing text is treated as empty text. Output: vector columns of equal length in a row, with an item for
/// each word in the order of the texts: the word, its weight, its start and end in UTF-16 code units, so that <c>text[start..end]</c> is
/// the word, and, if rows have two texts, the text that contains it; and the explained label and score. Texts longer than
/// <see cref="BertTaskOptions.MaxLength"/> are truncated as in prediction. Words beyond it do not take part, and are not in the output. Of
/// a word that is cut, the output contains the part that the model reads.
/// </para>
/// <para>Nothing is trained: <see cref="Fit"/> only checks the schema and opens the encoder.</para>
/// </remarks>
public sealed partial class BertExplanationEstimator : IEstimator<BertExplanationTransformer>
{
    private readonly TextEstimator<BertExplanationTransformer> _step;

    internal BertExplanationEstimator(IHostEnvironment env, Options options)
    {
        RequiredOptions.Check(options);
        options = options.Resolve();
        IHost host = env.Register(nameof(BertExplanationEstimator));
        _step = new(host, ExplanationOutputs.ColumnsOf(options), () => new BertExplanationTransformer(host, options));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _step.GetOutputSchema(inputSchema);

    /// <summary>Creates the transformer. Dispose it, or the chain that contains it, when it is no longer used.</summary>
    /// <param name="input">The data. Only its schema is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public BertExplanationTransformer Fit(IDataView input) => _step.Fit(input);
}
