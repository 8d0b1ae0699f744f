using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>Compares each predicted answer with the right ones, in one pass over the data.</summary>
internal sealed class QuestionAnsweringEvaluator
{
    private Sums _hasAnswer, _noAnswer;

    public static QuestionAnsweringMetrics Evaluate(IHostEnvironment env, IDataView data, string labelColumnName, string predictedAnswerColumnName)
    {
        DataViewSchema.Column labelColumn = Find(data.Schema, labelColumnName, nameof(labelColumnName));
        DataViewSchema.Column answerColumn = Find(data.Schema, predictedAnswerColumnName, nameof(predictedAnswerColumnName));
        var evaluator = new QuestionAnsweringEvaluator();
        DataScan.Run(env, data, [labelColumn, answerColumn], row =>
        {
            Func<ReadOnlyMemory<char>[]> labels = Texts(row, labelColumn), answers = Texts(row, answerColumn);
            return () => evaluator.Add(labels(), answers().FirstOrDefault());
        });
        return evaluator.Metrics();
    }

    private static DataViewSchema.Column Find(DataViewSchema schema, string name, string option) =>
        InputColumn.Find(schema, name, option, "text or a vector of text", type => type is TextDataViewType or VectorDataViewType { ItemType: TextDataViewType });

    private static Func<ReadOnlyMemory<char>[]> Texts(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is TextDataViewType)
        {
            ValueGetter<ReadOnlyMemory<char>> one = row.GetGetter<ReadOnlyMemory<char>>(column);
            ReadOnlyMemory<char> text = default;
            return () =>
            {
                one(ref text);
                return [text];
            };
        }
        ValueGetter<VBuffer<ReadOnlyMemory<char>>> several = row.GetGetter<VBuffer<ReadOnlyMemory<char>>>(column);
        VBuffer<ReadOnlyMemory<char>> texts = default;
        return () =>
        {
            several(ref texts);
            return [.. texts.DenseValues()];
        };
    }

    private void Add(ReadOnlyMemory<char>[] labels, ReadOnlyMemory<char> answer)
    {
        string[] words = AnswerWords.Of(answer.Span);
        // As in the script, a label of nothing but punctuation and articles is no label; if there is no other, no answer is right.
        string[][] right = [.. labels.Select(label => AnswerWords.Of(label.Span)).Where(label => label.Length > 0)];
        if (right.Length == 0)
            right = [[]];
        ref Sums sums = ref labels.Any(label => !label.IsEmpty) ? ref _hasAnswer : ref _noAnswer;
        sums.ExactMatches += right.Any(label => label.SequenceEqual(words)) ? 1 : 0;
        sums.F1 += right.Max(label => F1(label, words));
        sums.Count++;
    }

    private static double F1(string[] label, string[] answer)
    {
        if (label.Length == 0 || answer.Length == 0)
            return label.Length == answer.Length ? 1 : 0;
        Dictionary<string, int> left = label.CountBy(word => word).ToDictionary();
        int common = answer.Count(word => left.TryGetValue(word, out int count) && (left[word] = count - 1) >= 0);
        return 2.0 * common / (label.Length + answer.Length);
    }

    private QuestionAnsweringMetrics Metrics() => new(
        new(_hasAnswer.ExactMatches + _noAnswer.ExactMatches, _hasAnswer.F1 + _noAnswer.F1, _hasAnswer.Count + _noAnswer.Count),
        _hasAnswer.Scores(), _noAnswer.Scores());

    private struct Sums
    {
        public double ExactMatches, F1;
        public long Count;

        public readonly AnswerScores Scores() => new(ExactMatches, F1, Count);
    }
}
