using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Bert.MLNet.Cli.Files;
using Bert.MLNet.Cli.Tables;

namespace Bert.MLNet.Cli.Datasets;

/// <summary>Questions with contexts and answers: SQuAD's JSON of version 1.1 or 2.0, JSON lines, or tables.</summary>
internal sealed class QuestionDataset(TableOptions table)
{
    private readonly Option<string> _question = new("--question-col") { Description = "The column of questions in a table.", DefaultValueFactory = _ => "question" };
    private readonly Option<string> _context = new("--context-col") { Description = "The column of contexts in a table.", DefaultValueFactory = _ => "context" };
    private readonly Option<string> _answer = new("--answer-col") { Description = "The column of answers in a table; an empty one says that the context has none.", DefaultValueFactory = _ => "answer" };
    private readonly Option<string?> _start = new("--answer-start-col") { Description = "The column of where answers begin in their contexts. Default: they are looked for." };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _question, _context, _answer, _start })
            command.Options.Add(option);
    }

    /// <summary>Reads a file, and tells what was made of it.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="streams">Where it is told.</param>
    /// <param name="path">The file.</param>
    /// <param name="source">How it is read again.</param>
    /// <exception cref="InvalidDataException">A row cannot be read; the message names it.</exception>
    public QuestionRow[] Read(ParseResult arguments, ToolStreams streams, string path, out TableSource source)
    {
        (string form, QuestionRow[] rows, source) = !Table.IsJson(path) ? OfTable(arguments, streams, path)
            : OfSquad(path) is { } squad ? ("SQuAD", squad, new TableSource(Path.GetFullPath(path), SourceForm.Squad))
            : ("JSON lines", JsonLinesReader.Read(path, streams, 0, default).Select(OfLine).ToArray(), new TableSource(Path.GetFullPath(path), SourceForm.JsonLines));
        if (rows.Length == 0)
            throw new InvalidDataException($"'{path}' has no rows.");
        int without = rows.Count(row => row.TrainingAnswer.Length == 0);
        streams.Tell(arguments, $"{path}: {rows.Length} questions, {form}, {without} without an answer");
        return rows;
    }

    private static QuestionRow Row(string question, string context, IEnumerable<(string Text, long? Start)> answers, Func<string, InvalidDataException> error)
    {
        (string Text, int Start)[] found = [.. answers.Where(answer => answer.Text.Length > 0).Select(answer => (answer.Text, Start(answer.Text, answer.Start)))];
        return new QuestionRow { Question = question, Context = context, TrainingAnswer = [.. found.Select(answer => answer.Text)], AnswerIndex = [.. found.Select(answer => answer.Start)] };

        int Start(string text, long? start)
        {
            if (start is { } given)
                return given >= 0 && given <= context.Length ? (int)given : throw error($"has an answer that begins at {given}, which is no place in its context.");
            return context.IndexOf(text, StringComparison.Ordinal) is var first and >= 0 ? first : throw error($"has the answer '{text}', which does not stand in its context.");
        }
    }

    private static QuestionRow OfLine(JsonLine line)
    {
        string field = line.FirstOf("answers", "answer");
        IEnumerable<(string, long?)> answers = [];
        if (line.Has(field) && line.IsScalar(field))
            answers = [(line.Text(field)!, line.Integer("answer_start"))];
        else if (line.Objects(field) is [var lists] && lists.Has("text") && !lists.IsScalar("text"))
            answers = lists.Texts("text")!.Zip(lists.Integers("answer_start") ?? throw line.Error("has answers without answer_start."), (text, start) => (text, (long?)start));
        else if (line.Objects(field) is { } objects)
            answers = objects.Select(answer => (answer.Text("text") ?? "", answer.Integer("answer_start")));
        return Row(line.Text("question") ?? throw line.Error("has no question."), line.Text("context") ?? throw line.Error("has no context."), answers, message => line.Error(message));
    }

    private (string Form, QuestionRow[] Rows, TableSource Source) OfTable(ParseResult arguments, ToolStreams streams, string path)
    {
        string question = arguments.GetRequiredValue(_question), context = arguments.GetRequiredValue(_context), answer = arguments.GetRequiredValue(_answer);
        string? start = arguments.GetValue(_start);
        Table rows = table.Read(arguments, streams, path, [question, context, answer], answer);
        (int questions, int contexts, int answers) = (rows.Column(question), rows.Column(context), rows.Column(answer));
        int? starts = start is null ? null : rows.Column(start);
        return (rows.Form, [.. rows.Rows.Select((row, i) =>
        {
            return Row(Table.Cell(row, questions), Table.Cell(row, contexts), [(Table.Cell(row, answers), Start())], Error);

            long? Start()
            {
                string cell = starts is { } column ? Table.Cell(row, column) : "";
                if (cell.Length == 0)
                    return null;
                return long.TryParse(cell, NumberStyles.Integer, CultureInfo.InvariantCulture, out long place) ? place : throw Error($"has the start '{cell}', which is no number.");
            }

            InvalidDataException Error(string message) => new($"Row {i + 1} of '{path}' {message}");
        })], starts is { } place ? rows.Source(2, answers, place, questions, contexts) : rows.Source(1, answers, questions, contexts));
    }

    /// <summary>The questions of SQuAD's JSON; null where a file is something else.</summary>
    private static QuestionRow[]? OfSquad(string path)
    {
        if (!Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase))
            return null;
        try
        {
            using FileStream stream = File.OpenRead(path);
            using JsonDocument document = JsonDocument.Parse(stream);
            if (!document.RootElement.TryGetProperty("data", out JsonElement articles))
                return null;
            return [.. from article in articles.EnumerateArray()
                       from paragraph in article.GetProperty("paragraphs").EnumerateArray()
                       from question in paragraph.GetProperty("qas").EnumerateArray()
                       select OfSquad(question, paragraph.GetProperty("context").GetString()!, path)];
        }
        catch (JsonException)
        {
            return null; // several lines
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"'{path}' has 'data' but not the form of SQuAD, which is data, paragraphs, and context and qas in each of them.", error);
        }
    }

    private static QuestionRow OfSquad(JsonElement question, string context, string path)
    {
        JsonElement.ArrayEnumerator answers = question.GetProperty("answers").EnumerateArray();
        return Row(
            question.GetProperty("question").GetString()!, context,
            answers.Select(answer => (answer.GetProperty("text").GetString()!, (long?)answer.GetProperty("answer_start").GetInt64())),
            message => new InvalidDataException($"A question of '{path}' {message}"));
    }
}
