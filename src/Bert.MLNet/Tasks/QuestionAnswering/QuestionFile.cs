using System.Globalization;
using System.Text.Json;
using Bert.MLNet.Files;

namespace Bert.MLNet.Tasks;

/// <summary>The questions of a data set.</summary>
/// <param name="Form">The format that was recognized.</param>
/// <param name="Rows">The questions.</param>
/// <param name="Notes">Notes to the user on how the questions were read.</param>
internal sealed record QuestionFile(string Form, QuestionAnswerRow[] Rows, IReadOnlyList<string> Notes)
{
    /// <summary>A question as it is in the file.</summary>
    /// <param name="Line">Its place in the file.</param>
    /// <param name="Question">The question.</param>
    /// <param name="Context">The context.</param>
    /// <param name="Answers">The answers that are not blank, with their positions in the units of the file.</param>
    private sealed record Given(JsonLine Line, string Question, string Context, (string Text, long? Start)[] Answers);

    /// <summary>Whether the file is SQuAD's JSON.</summary>
    public bool IsSquad => Form == "SQuAD";

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">The file has another format, or an answer does not occur in its context.</exception>
    public static QuestionFile Read(string path)
    {
        if (OfSquad(path) is { } squad)
            return squad;
        using TextFile file = TextFile.Open(path);
        return Read(JsonLine.Read(file), file.Name);
    }

    /// <summary>Reads JSON lines.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="name">The name of the file in messages.</param>
    /// <exception cref="InvalidDataException">A line has another format, or an answer does not occur in its context.</exception>
    public static QuestionFile Read(IEnumerable<JsonLine> lines, string name)
    {
        string? firstFields = null;
        bool hasAnswers = false;
        Given[] questions = [.. lines.Select(line =>
        {
            firstFields ??= string.Join(", ", line.Fields);
            hasAnswers |= line.Has("answers") || line.Has("answer");
            return OfLine(line, Text(line, "context"));
        })];
        return questions.Length == 0 || hasAnswers
            ? Create("JSON lines", questions, name)
            : throw new InvalidDataException(
                $"{name} has no field of answers in any line. They are read from answer or answers; the first line has {firstFields}.");
    }

    /// <summary>Creates a row of a question with at most one answer.</summary>
    /// <exception cref="InvalidDataException">The answer does not occur in the context.</exception>
    public static QuestionAnswerRow OfAnswer(
        string question, string context, string? answer, long? start, Func<string, InvalidDataException> error)
    {
        if (string.IsNullOrWhiteSpace(answer))
            return new QuestionAnswerRow { Question = question, Context = context };
        var units = new PositionUnits();
        if (start is { } given)
            units.Add(context, given, answer);
        int place = Place(context, answer, start, units, error).Place;
        return new QuestionAnswerRow { Question = question, Context = context, TrainingAnswer = [answer], AnswerIndex = [place] };
    }

    /// <summary>Reads the questions of SQuAD's JSON. Returns null if the file has another format.</summary>
    private static QuestionFile? OfSquad(string path)
    {
        if (!Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase))
            return null;
        try
        {
            using TextFile file = TextFile.Open(path);
            using JsonDocument document = JsonDocument.Parse(file.ReadToEnd());
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("data", out JsonElement articles))
                return null;
            long count = 0;
            return Create("SQuAD", [.. from article in articles.EnumerateArray()
                                       from paragraph in article.GetProperty("paragraphs").EnumerateArray()
                                       let context = Text(new JsonLine(paragraph, $"A paragraph of '{path}'"), "context")
                                       from question in paragraph.GetProperty("qas").EnumerateArray()
                                       let place = string.Create(CultureInfo.InvariantCulture, $"Question {++count} of '{path}'")
                                       select OfQuestion(new JsonLine(question, place), context)], $"'{path}'");
        }
        catch (JsonException)
        {
            return null; // several JSON values
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException(
                $"'{path}' has 'data' but not the format of SQuAD: a list 'data' of objects with 'paragraphs', " +
                "each with 'context' and 'qas'.",
                error);
        }
    }

    private static Given OfQuestion(JsonLine question, string context) =>
        question.Has("answers")
            ? OfLine(question, context)
            : throw question.Error("has no answers. Give an empty list if its context has none.");

    private static Given OfLine(JsonLine line, string context)
    {
        string field = line.FirstOf("answers", "answer");
        IEnumerable<(string Text, long?)> answers = [];
        if (line.Has(field) && line.IsScalar(field))
            answers = [(line.Text(field)!, line.Integer("answer_start"))];
        else if (line.Objects(field) is [var lists] && lists.Has("text") && !lists.IsScalar("text"))
        {
            string[] texts = lists.Texts("text")!;
            long[] starts = lists.Integers("answer_start") ?? throw line.Error("has answers without answer_start.");
            answers = texts.Length == starts.Length
                ? texts.Zip(starts, (text, start) => (text, (long?)start))
                : throw line.Error(string.Create(
                    CultureInfo.InvariantCulture,
                    $"has {texts.Length} texts of answers and {starts.Length} positions. Give each answer one position."));
        }
        else if (line.Objects(field) is { } objects)
            answers = objects.Select(answer => (Text(answer, "text", "an answer without text"), answer.Integer("answer_start")));
        return new Given(line, Text(line, "question"), context, [.. answers.Where(answer => !string.IsNullOrWhiteSpace(answer.Text))]);
    }

    private static string Text(JsonLine line, string field, string? missing = null) =>
        line.Text(field) ?? throw line.Error($"has {missing ?? $"no {field}"}; it has {string.Join(", ", line.Fields)}.");

    private static QuestionFile Create(string form, Given[] questions, string name)
    {
        var units = new PositionUnits();
        foreach (Given question in questions)
        {
            foreach ((string text, long? start) in question.Answers)
            {
                if (start is { } place)
                    units.Add(question.Context, place, text);
            }
        }
        int moved = 0;
        QuestionAnswerRow[] rows = [.. questions.Select(question => new QuestionAnswerRow
        {
            Question = question.Question,
            Context = question.Context,
            TrainingAnswer = [.. question.Answers.Select(answer => answer.Text)],
            AnswerIndex = [.. question.Answers.Select(answer => Index(question, answer))],
        })];
        var notes = new List<string>();
        if (units.AreCodePoints)
            notes.Add($"{name}: positions are read as code points, as in Python, because they do not fit the contexts as UTF-16 units.");
        if (moved > 0)
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: answers that do not occur at their positions and were found elsewhere in their contexts: {moved}"));
        }
        return new QuestionFile(form, rows, notes);

        int Index(Given question, (string Text, long? Start) answer)
        {
            (int place, bool isMoved) = Place(question.Context, answer.Text, answer.Start, units, message => question.Line.Error(message));
            moved += isMoved ? 1 : 0;
            return place;
        }
    }

    /// <summary>Returns the start of an answer, in UTF-16 code units, and whether it differs from the one in the file.</summary>
    private static (int Place, bool IsMoved) Place(
        string context, string answer, long? start, PositionUnits units, Func<string, InvalidDataException> error)
    {
        if (start is { } given && units.Convert(context, given) is { } place && PositionUnits.OccursAt(context, place, answer))
            return (place, false);
        int first = context.IndexOf(answer, StringComparison.Ordinal);
        if (first >= 0 && (start is null || context.IndexOf(answer, first + 1, StringComparison.Ordinal) < 0))
            return (first, start is not null);
        string what = answer.Length > 40 ? answer[..40] + "…" : answer;
        throw first < 0
            ? error($"has the answer '{what}', which does not occur in its context.")
            : error(string.Create(CultureInfo.InvariantCulture, $"has the answer '{what}' at {start}, where it does not occur; ") +
                $"it occurs at several other positions. Positions count {units.Name} from 0.");
    }
}
