namespace Bert.MLNet.Tasks;

/// <summary>Converts questions with answers to training rows.</summary>
/// <param name="windows">Creates the windows.</param>
/// <param name="stride">The number of tokens that windows share.</param>
/// <param name="options">The names of the columns, for messages.</param>
internal sealed class AnswerLabeller(QuestionWindows windows, int stride, QuestionAnswerTrainer.Options options)
{
    /// <summary>The number of answers that were found at another position than their index.</summary>
    public long Moved { get; private set; }

    /// <summary>
    /// Returns a row for each window. If a window contains several answers, the first is its target; if it contains none, the
    /// target is that there is no answer.
    /// </summary>
    /// <exception cref="InvalidOperationException">An answer does not occur in the context, or its position is ambiguous.</exception>
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
        if (answer.FindIn(context) is not { } start)
        {
            string elsewhere = context.Contains(answer.Text, StringComparison.Ordinal) ? "several times elsewhere" : "nowhere else";
            throw new InvalidOperationException(
                $"{What()} does not occur at index {answer.Index} (column '{options.AnswerIndexStartColumnName}') " +
                $"of column '{options.ContextColumnName}', but {elsewhere}. " +
                "Correct the index, or leave the answer empty if the context has none.");
        }
        if (start != answer.Index)
            Moved++;
        return tokens.Find(start, start + answer.Text.Length)
            ?? throw new InvalidOperationException($"{What()} contains no character that the model's tokenizer keeps. Remove the row.");

        string What()
        {
            string text = answer.Text.Length > 40 ? answer.Text[..40] + "…" : answer.Text;
            return $"Row {position}: the answer '{text}' of column '{options.TrainingAnswerColumnName}'";
        }
    }
}
