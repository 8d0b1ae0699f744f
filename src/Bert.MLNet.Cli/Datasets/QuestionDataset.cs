using System.CommandLine;
using System.Globalization;
using Bert.MLNet.Cli.Files;
using Bert.MLNet.Cli.Tables;
using Bert.MLNet.Tasks;

namespace Bert.MLNet.Cli.Datasets;

/// <summary>Questions with contexts and answers: SQuAD's JSON of version 1.1 or 2.0, JSON lines, or tables.</summary>
internal sealed class QuestionDataset(TableOptions table)
{
    private readonly Option<string?> _question = new("--question-col")
    {
        Description = "The question column of a table. Default: question.",
    };
    private readonly Option<string?> _context = new("--context-col") { Description = "The context column of a table. Default: context." };
    private readonly Option<string?> _answer = new("--answer-col")
    {
        Description = "The answer column of a table; an empty cell means that the context has no answer. Default: answer.",
    };
    private readonly Option<string?> _start = new("--answer-start-col")
    {
        Description = "The column of the answers' positions in their contexts. Default: the answers are searched for.",
    };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _question, _context, _answer, _start })
            command.Options.Add(option);
    }

    /// <summary>Reads a file and prints a summary.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="streams">The streams for messages.</param>
    /// <param name="path">The file.</param>
    /// <param name="source">The settings for reading it again.</param>
    /// <param name="trained">The table columns that the model was trained on: the default for columns that are not specified.</param>
    /// <exception cref="InvalidDataException">A row cannot be read; the message names it.</exception>
    public QuestionAnswerRow[] Read(
        ParseResult arguments, ToolStreams streams, string path, out TableSource source, TrainedColumns? trained = null)
    {
        QuestionFile file = Table.IsJson(path)
            ? OfJson(arguments, streams, path, out source)
            : OfTable(arguments, streams, path, trained, out source);
        if (file.Rows.Length == 0)
            throw new InvalidDataException($"'{path}' has no rows.");
        int without = file.Rows.Count(row => row.TrainingAnswer.Length == 0);
        streams.Tell(arguments, string.Create(
            CultureInfo.InvariantCulture, $"{path}: {file.Rows.Length} questions, {file.Form}, {without} without an answer"));
        foreach (string note in file.Notes)
            streams.Tell(arguments, note);
        return file.Rows;
    }

    private QuestionFile OfJson(ParseResult arguments, ToolStreams streams, string path, out TableSource source)
    {
        foreach ((Option<string?> option, string[] fields) in new[] { (_question, ["question"]), (_context, ["context"]),
            (_answer, ["answer", "answers"]), (_start, (string[])["answer_start"]) })
        {
            if (arguments.GetValue(option) is { } field && !fields.Contains(field))
                throw new UsageException(
                    $"{option.Name} cannot be '{field}': the fields of questions in JSON have fixed names. Rename it to " +
                    $"{string.Join(" or ", fields)} in '{path}'.");
        }
        QuestionFile file = path == LineFile.Pipe
            ? QuestionFile.Read(JsonLinesReader.Read(path, streams, default), "Standard input")
            : QuestionFile.Read(path);
        source = new TableSource(Path.GetFullPath(path), file.IsSquad ? SourceForm.Squad : SourceForm.JsonLines);
        return file;
    }

    private QuestionFile OfTable(ParseResult arguments, ToolStreams streams, string path, TrainedColumns? trained, out TableSource source)
    {
        string question = arguments.GetValue(_question) ?? trained?.Text ?? "question", context =
            arguments.GetValue(_context) ?? trained?.Pair ?? "context", answer = arguments.GetValue(_answer) ?? trained?.Label ?? "answer";
        string? start = arguments.GetValue(_start);
        Table rows = table.Read(arguments, streams, path, [question, context, answer], answer);
        (int questions, int contexts, int answers) = (rows.Column(question), rows.Column(context), rows.Column(answer));
        int? starts = start is null ? null : rows.Column(start);
        source = starts is { } place ? rows.Source(2, answers, place, questions, contexts) : rows.Source(1, answers, questions, contexts);
        return new QuestionFile(rows.Form, [.. rows.Rows.Select((row, i) =>
        {
            return QuestionFile.OfAnswer(Table.Cell(row, questions), Table.Cell(row, contexts), Table.Cell(row, answers), Start(), Error);

            int? Start()
            {
                string cell = starts is { } column ? Table.Cell(row, column) : "";
                if (cell.Length == 0)
                    return null;
                return int.TryParse(cell, NumberStyles.Integer, CultureInfo.InvariantCulture, out int number)
                    ? number
                    : throw Error($"has the start '{cell}', which is not a number.");
            }

            InvalidDataException Error(string message) =>
                new(string.Create(CultureInfo.InvariantCulture, $"Row {i + 1} of '{path}' {message}"));
        })], []);
    }
}
