using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>
/// Collects labels and scores in one pass over the data. As in ML.NET's regression metrics, rows without label or score are skipped.
/// </summary>
internal static class SentenceSimilarityEvaluator
{
    public static SentenceSimilarityMetrics Evaluate(IHostEnvironment env, IDataView data, string labelColumnName, string scoreColumnName)
    {
        DataViewSchema.Column labelColumn = Find(data.Schema, labelColumnName, nameof(labelColumnName));
        DataViewSchema.Column scoreColumn = Find(data.Schema, scoreColumnName, nameof(scoreColumnName));
        List<double> labels = [], scores = [];
        DataScan.Run(env, data, [labelColumn, scoreColumn], row =>
        {
            ValueGetter<float> labelGetter = row.GetGetter<float>(labelColumn), scoreGetter = row.GetGetter<float>(scoreColumn);
            float label = 0, score = 0;
            return () =>
            {
                labelGetter(ref label);
                scoreGetter(ref score);
                if (float.IsNaN(label) || float.IsNaN(score))
                    return;
                labels.Add(label);
                scores.Add(score);
            };
        });
        return new SentenceSimilarityMetrics(labels, scores);
    }

    private static DataViewSchema.Column Find(DataViewSchema schema, string name, string option) =>
        InputColumn.Find(schema, name, option, "Single", type => type == NumberDataViewType.Single);
}
