using Bert.MLNet.Evaluation;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>Compares translations with correct ones, in one pass over the data.</summary>
internal static class TranslationEvaluator
{
    public static TranslationMetrics Evaluate(
        IHostEnvironment env, IDataView data, string labelColumnName, string predictedTextColumnName, BleuOptions bleu, ChrfOptions chrf)
    {
        bleu.Check();
        chrf.Check();
        var words = new BleuCounter(bleu);
        var characters = new ChrfCounter(chrf);
        long count = 0;
        ReferenceTexts.Scan(env, data, labelColumnName, predictedTextColumnName, (translation, references) =>
        {
            count++;
            words.Add(translation, references);
            characters.Add(translation, references);
        });
        return new TranslationMetrics(count, words.Score(), characters.Score());
    }
}
