using Bert.MLNet.Tasks;

namespace Bert.MLNet;

/// <summary>A question on a context with its right answers: a row that <see cref="QuestionAnswerTrainer"/> learns from.</summary>
/// <remarks>
/// <c>mlContext.Data.LoadFromEnumerable(QuestionAnswerRow.ReadFile(path))</c> has the columns that
/// <see cref="QuestionAnswerTrainer.Options"/> names by
/// default. Instances are not synchronized; the methods are thread-safe.
/// </remarks>
public sealed class QuestionAnswerRow
{
    /// <summary>The text that may have the answer. Default: empty.</summary>
    public string Context { get; set; } = "";

    /// <summary>The question. Default: empty.</summary>
    public string Question { get; set; } = "";

    /// <summary>The right answers, as they stand in the context; any of them will do. Default: none, the context has no answer.</summary>
    public string[] TrainingAnswer { get; set; } = [];

    /// <summary>Where each answer begins, in UTF-16 units of <see cref="Context"/>. Default: none.</summary>
    public int[] AnswerIndex { get; set; } = [];

    /// <summary>Creates a row with one answer or none, and finds the answer in the context.</summary>
    /// <param name="question">The question.</param>
    /// <param name="context">The text that may have the answer.</param>
    /// <param name="answer">The answer; null, empty or white space: the context has none.</param>
    /// <param name="answerStart">
    /// Where it begins, in UTF-16 units, or in code points, as Python counts, where it stands there instead. Default: where it stands
    /// first.
    /// </param>
    /// <exception cref="InvalidDataException">The answer does not stand at its place, and nowhere else or in several other
    /// places.</exception>
    public static QuestionAnswerRow FromAnswer(string question, string context, string? answer, int? answerStart = null)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(context);
        return QuestionFile.OfAnswer(question, context, answer, answerStart, message => new InvalidDataException($"The question '{question}' {message}"));
    }

    /// <summary>Reads a data set: SQuAD's JSON of version 1.1 or 2.0 by the name .json, else JSON lines.</summary>
    /// <remarks>
    /// A JSON line has <c>question</c>, <c>context</c>, and <c>answer</c> (with <c>answer_start</c> or without) or <c>answers</c>: a list
    /// of objects with
    /// <c>text</c> and <c>answer_start</c>, or an object with lists of both. Places count UTF-16 units; where the answers show that those
    /// of a file count
    /// code points, as Python does, they are converted. An answer that stands elsewhere in its context, once, is taken from there.
    /// </remarks>
    /// <param name="path">The file, in UTF-8.</param>
    /// <returns>The questions, in the order of the file.</returns>
    /// <exception cref="InvalidDataException">The file has another form, or an answer does not stand in its context; the message names the
    /// row.</exception>
    public static IReadOnlyList<QuestionAnswerRow> ReadFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return QuestionFile.Read(path).Rows;
    }
}
