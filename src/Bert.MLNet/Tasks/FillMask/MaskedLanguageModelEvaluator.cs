using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>Evaluates the prediction of masked words in a column of texts, in one pass over the data.</summary>
internal static class MaskedLanguageModelEvaluator
{
    public static MaskedLanguageModelMetrics Evaluate(
        IHostEnvironment env, IDataView data, BertModel model, string inputColumnName, double mlmProbability, int seed)
    {
        if (!(mlmProbability is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(
                nameof(mlmProbability), $"{nameof(mlmProbability)} is {mlmProbability}; it must be more than 0 and at most 1.");
        using var task = new MaskedWordsTask(model, mlmProbability, seed);
        var answers = new AnswerColumns<MaskedWords>();
        answers.AddVector<double>(nameof(MaskedWords), NumberDataViewType.Double, words => [words.Count, words.Right, words.Loss], 3);
        var columns = new StepColumns([(inputColumnName, nameof(inputColumnName))], answers.Columns);
        IDataView guessed = task.Bind(columns, answers, data.Schema)
            .CreateView(owner: null, env.Register(nameof(MaskedLanguageModelEvaluator)), data, new BertBatchOptions());

        MaskedWords sum = MaskedWords.None;
        DataViewSchema.Column column = guessed.Schema[nameof(MaskedWords)];
        DataScan.Run(env, guessed, [column], row =>
        {
            ValueGetter<VBuffer<double>> getter = row.GetGetter<VBuffer<double>>(column);
            VBuffer<double> words = default;
            return () =>
            {
                getter(ref words);
                sum += new MaskedWords((long)words.GetItemOrDefault(0), (long)words.GetItemOrDefault(1), words.GetItemOrDefault(2));
            };
        });
        return new MaskedLanguageModelMetrics(sum);
    }
}
