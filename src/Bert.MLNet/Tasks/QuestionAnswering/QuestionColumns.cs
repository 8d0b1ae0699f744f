using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tasks;

/// <summary>The columns of questions, contexts and correct answers.</summary>
internal sealed class QuestionColumns
{
    private readonly DataViewSchema.Column _question, _context, _answers;

    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has a type that does not fit.</exception>
    public QuestionColumns(DataViewSchema schema, QuestionAnswerTrainer.Options options)
    {
        _question = InputColumn.FindText(schema, options.QuestionColumnName, nameof(options.QuestionColumnName));
        _context = InputColumn.FindText(schema, options.ContextColumnName, nameof(options.ContextColumnName));
        _answers = OneOrManyColumn.Find(
            schema, options.TrainingAnswerColumnName, nameof(options.TrainingAnswerColumnName), TextDataViewType.Instance);
        Indices = OneOrManyColumn.Find(
            schema, options.AnswerIndexStartColumnName, nameof(options.AnswerIndexStartColumnName), NumberDataViewType.Int32);
    }

    /// <summary>The column with the starts of the answers.</summary>
    public DataViewSchema.Column Indices { get; }

    public IReadOnlyList<DataViewSchema.Column> All => [_question, _context, _answers, Indices];

    /// <summary>Checks the columns of answers when only the shape of the schema is known.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has a type that does not fit.</exception>
    public static void CheckAnswers(SchemaShape schema, QuestionAnswerTrainer.Options options)
    {
        OneOrManyColumn.Find(
            schema, options.TrainingAnswerColumnName, nameof(options.TrainingAnswerColumnName), TextDataViewType.Instance);
        OneOrManyColumn.Find(
            schema, options.AnswerIndexStartColumnName, nameof(options.AnswerIndexStartColumnName), NumberDataViewType.Int32);
    }

    /// <summary>Creates a delegate that returns the question of the current row.</summary>
    public Func<AnsweredQuestion> CreateReader(DataViewRow row)
    {
        var getQuestion = row.GetGetter<ReadOnlyMemory<char>>(_question);
        var getContext = row.GetGetter<ReadOnlyMemory<char>>(_context);
        Func<ReadOnlyMemory<char>[]> getAnswers = OneOrManyColumn.CreateReader<ReadOnlyMemory<char>>(row, _answers);
        Func<int[]> getIndices = OneOrManyColumn.CreateReader<int>(row, Indices);
        ReadOnlyMemory<char> question = default, context = default;
        return () =>
        {
            getQuestion(ref question);
            getContext(ref context);
            return new AnsweredQuestion(question.ToString(), context.ToString(), Answers(getAnswers(), getIndices(), row.Position));
        };
    }

    private AnswerInText[] Answers(ReadOnlyMemory<char>[] answers, int[] indices, long row)
    {
        if (answers.All(answer => answer.Span.IsWhiteSpace()))
            return [];
        if (answers.Length != indices.Length)
        {
            throw new InvalidOperationException(
                $"Row {row} has {answers.Length} answers in column '{_answers.Name}' and {indices.Length} indices in column " +
                $"'{Indices.Name}'. Give one index for each answer.");
        }
        return
        [
            .. answers.Zip(indices, (answer, index) => new AnswerInText(answer.ToString(), index))
                .Where(answer => !string.IsNullOrWhiteSpace(answer.Text)),
        ];
    }
}
