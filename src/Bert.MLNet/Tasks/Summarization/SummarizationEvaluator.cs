using Bert.MLNet.Evaluation;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>Compares summaries with correct ones, in one pass over the data.</summary>
internal static class SummarizationEvaluator
{
    public static SummarizationMetrics Evaluate(
        IHostEnvironment env, IDataView data, string labelColumnName, string predictedTextColumnName, bool useStemmer)
    {
        var rouge = new RougeCounter(useStemmer);
        long count = 0;
        ReferenceTexts.Scan(env, data, labelColumnName, predictedTextColumnName, (summary, references) =>
        {
            count++;
            rouge.Add(summary, references);
        });
        return new SummarizationMetrics(count, rouge.Means());
    }
}
