using Bert.MLNet.Tasks;

namespace Bert.MLNet;

/// <summary>A question on a context with its correct answers: a training row for <see cref="QuestionAnswerTrainer"/>.</summary>
/// <remarks>
/// <c>mlContext.Data.LoadFromEnumerable(QuestionAnswerRow.ReadFile(path))</c> returns data with the default columns of
/// <see cref="QuestionAnswerTrainer.Options"/>. Instances are not synchronized. The static methods are thread-safe.
/// </remarks>
public sealed class QuestionAnswerRow
{
    /// <summary>The text to search for the answer. Default: empty.</summary>
    public string Context { get; set; } = "";

    /// <summary>The question. Default: empty.</summary>
    public string Question { get; set; } = "";

    /// <summary>The alternative correct answers, exactly as in the context. Default: none, the context has no answer.</summary>
    public string[] TrainingAnswer { get; set; } = [];

    /// <summary>The start of each answer in <see cref="Context"/>, in UTF-16 code units. Default: none.</summary>
    public int[] AnswerIndex { get; set; } = [];

    /// <summary>Creates a row with at most one answer, and finds the answer in the context.</summary>
    /// <param name="question">The question.</param>
    /// <param name="context">The text to search for the answer.</param>
    /// <param name="answer">The answer. If it is null, empty or white space, the context has no answer.</param>
    /// <param name="answerStart">
    /// The start of the answer, in UTF-16 code units, or in code points, as in Python, if the answer is found there instead.
    /// Default: its first occurrence.
    /// </param>
    /// <exception cref="InvalidDataException">
    /// The answer does not occur at its position, and occurs elsewhere not at all or several times.
    /// </exception>
    public static QuestionAnswerRow FromAnswer(string question, string context, string? answer, int? answerStart = null)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(context);
        return QuestionFile.OfAnswer(
            question, context, answer, answerStart, message => new InvalidDataException($"The question '{question}' {message}"));
    }

    /// <summary>Reads a data set: SQuAD's JSON of version 1.1 or 2.0 if the extension is .json, otherwise JSON lines.</summary>
    /// <remarks>
    /// A JSON line has <c>question</c>, <c>context</c>, and <c>answer</c> (optionally with <c>answer_start</c>) or <c>answers</c>:
    /// a list of objects with <c>text</c> and <c>answer_start</c>, or an object with lists of both. Positions count UTF-16 code
    /// units. If the answers show that the positions of a file count code points, as Python does, they are converted. An answer
    /// that occurs once at another position in its context is read from there.
    /// </remarks>
    /// <param name="path">The path of the file, in UTF-8.</param>
    /// <returns>The questions, in the order of the file.</returns>
    /// <exception cref="InvalidDataException">
    /// The file has another format, or an answer does not occur in its context. The message names the row.
    /// </exception>
    public static IReadOnlyList<QuestionAnswerRow> ReadFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return QuestionFile.Read(path).Rows;
    }
}
