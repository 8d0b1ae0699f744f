using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet;

/// <summary>Adds metrics of generated texts, such as translations and summaries, to ML.NET's catalogs.</summary>
/// <remarks>Each method reads the data once, and only the columns that it names.</remarks>
public static class BertGenerationEvaluationCatalog
{
    /// <summary>
    /// Compares translations with correct ones by BLEU and chrF, as <see href="https://github.com/mjpost/sacrebleu">sacreBLEU</see> does.
    /// </summary>
    /// <param name="catalog">The catalog of multiclass classification.</param>
    /// <param name="data">Data with correct and predicted translations.</param>
    /// <param name="labelColumnName">
    /// The name of the column of correct translations: text, or a vector of text if there are several. Empty texts in a vector with
    /// other texts are ignored.
    /// </param>
    /// <param name="predictedTextColumnName">
    /// The name of the column of translations to evaluate: text, or a vector of text with the best first, which is the one evaluated.
    /// </param>
    /// <param name="bleu">Options of BLEU. Default (null): those of sacreBLEU.</param>
    /// <param name="chrf">Options of chrF. Default (null): those of sacreBLEU.</param>
    /// <returns>BLEU and chrF, from 0 to 100, over all rows, with their signatures.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A column is missing or has another type, or an option has an invalid value.
    /// </exception>
    /// <exception cref="InvalidOperationException">The data has no rows, or a row has no correct translation.</exception>
    public static TranslationMetrics EvaluateTranslation(this MulticlassClassificationCatalog catalog, IDataView data,
        string labelColumnName = "Target", string predictedTextColumnName = "PredictedText",
        BleuOptions? bleu = null, ChrfOptions? chrf = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(labelColumnName);
        ArgumentNullException.ThrowIfNull(predictedTextColumnName);
        return TranslationEvaluator.Evaluate(
            CatalogUtils.GetEnvironment(catalog), data, labelColumnName, predictedTextColumnName, bleu ?? new(), chrf ?? new());
    }

    /// <summary>
    /// Compares summaries with correct ones by ROUGE, as
    /// <see href="https://github.com/google-research/google-research/tree/master/rouge">rouge_score</see> does.
    /// </summary>
    /// <param name="catalog">The catalog of multiclass classification.</param>
    /// <param name="data">Data with correct and predicted summaries.</param>
    /// <param name="labelColumnName">
    /// The name of the column of correct summaries: text, or a vector of text if there are several, of which the best counts. Empty texts
    /// in a vector with other texts are ignored.
    /// </param>
    /// <param name="predictedTextColumnName">
    /// The name of the column of summaries to evaluate: text, or a vector of text with the best first, which is the one evaluated.
    /// </param>
    /// <param name="useStemmer">Whether words are compared by their English stems (Porter's stemmer). Default: no.</param>
    /// <returns>ROUGE-1, -2, -L and -Lsum, from 0 to 1, as means over the rows.</returns>
    /// <remarks>
    /// Words are ASCII letters and digits in lower case; other characters separate them. For <see cref="SummarizationMetrics.RougeLsum"/>,
    /// separate sentences by line breaks.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidOperationException">The data has no rows, or a row has no correct summary.</exception>
    public static SummarizationMetrics EvaluateSummarization(this MulticlassClassificationCatalog catalog, IDataView data,
        string labelColumnName = "Target", string predictedTextColumnName = "PredictedText", bool useStemmer = false)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(labelColumnName);
        ArgumentNullException.ThrowIfNull(predictedTextColumnName);
        return SummarizationEvaluator.Evaluate(
            CatalogUtils.GetEnvironment(catalog), data, labelColumnName, predictedTextColumnName, useStemmer);
    }
}
