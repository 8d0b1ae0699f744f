namespace Bert.MLNet.Tasks;

/// <summary>Questions with answers to rows of a training.</summary>
/// <param name="windows">Makes the windows.</param>
/// <param name="stride">Tokens that they share.</param>
/// <param name="options">The names of the columns, for messages.</param>
internal sealed class AnswerLabeller(QuestionWindows windows, int stride, QuestionAnswerTrainer.Options options)
{
    /// <summary>Answers that were found elsewhere than their index says.</summary>
    public long Moved { get; private set; }

    /// <summary>
    /// A row for each window. Of several answers the first that stands in a window is learnt there; one where none does has no answer.
    /// </summary>
    /// <exception cref="InvalidOperationException">An answer is not in the context, or it cannot be told where.</exception>
    public IEnumerable<AnsweredQuestionRow> Rows(AnsweredQuestion question, long position)
    {
        var tokens = new ContextTokens(windows.Of(question.Question, question.Context), stride);
        (int First, int Last)[] answers = [.. question.Answers.Select(answer => Locate(question.Context, answer, tokens, position))];
        return tokens.Windows.Select((window, i) =>
        {
            (int first, int last) =
                answers.Select(answer => tokens.InWindow(i, answer)).FirstOrDefault(found => found is not null) ?? (0, 0);
            return new AnsweredQuestionRow([.. window.Ids], window.TypeStart, position, [first, last], question, i);
        });
    }

    private (int First, int Last) Locate(string context, AnswerInText answer, ContextTokens tokens, long position)
    {
        if (answer.PlaceIn(context) is not { } start)
        {
            string elsewhere = context.Contains(answer.Text, StringComparison.Ordinal) ? "several times elsewhere" : "nowhere else";
            throw new InvalidOperationException(
                $"{What()} does not stand at index {answer.Index} (column '{options.AnswerIndexStartColumnName}') " +
                $"of column '{options.ContextColumnName}', and stands {elsewhere}. " +
                "Correct the index, or leave the answer empty where the context has none.");
        }
        if (start != answer.Index)
            Moved++;
        return tokens.Find(start, start + answer.Text.Length)
            ?? throw new InvalidOperationException($"{What()} has no character that the model's tokenizer keeps. Leave out the row.");

        string What()
        {
            string text = answer.Text.Length > 40 ? answer.Text[..40] + "…" : answer.Text;
            return $"Row {position}: the answer '{text}' of column '{options.TrainingAnswerColumnName}'";
        }
    }
}
