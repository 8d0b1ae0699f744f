using System.CommandLine;
using System.Text.Json;
using Bert.MLNet.Cli.Messages;
using Bert.MLNet.Cli.Tables;
using Bert.MLNet.Cli.Verbs;

namespace Bert.MLNet.Cli.Files;

/// <summary>The answer to a line.</summary>
/// <param name="Line">The line.</param>
/// <param name="Write">Writes the fields of the answer; called before the next answer is requested.</param>
internal readonly record struct Answer(JsonLine Line, Action<Utf8JsonWriter> Write);

/// <summary>
/// Processes lines in constant memory. They are divided into chunks that do not depend on where a run started, so that a resumed run and
/// the shards of several runs return the same bits as a single run.
/// </summary>
internal sealed class LineJob
{
    private const int Chunk = 2048;

    /// <summary>
    /// The size of the first chunk of standard input, small so that answers appear soon; each chunk is twice the previous one.
    /// </summary>
    private const int FirstOfPipe = 16;

    private readonly LineSource _source = new();
    private readonly Option<string> _output = CommonOptions.Output();
    private readonly Option<bool> _resume = new("--resume")
    {
        Description = "Keep the completed part in FILE.partial if the run ends early, and continue from there.",
    };
    private readonly Option<Shard?> _shard = Shard.Option();

    public void AddTo(Command command)
    {
        _source.AddTo(command);
        command.Options.Add(_output);
        command.Options.Add(_resume);
        command.Options.Add(_shard);
    }

    /// <summary>Processes all lines.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="streams">The streams for lines and answers without a file.</param>
    /// <param name="modelHash">Returns a hash that is equal for models with equal answers; called if the run can be resumed.</param>
    /// <param name="answer">Returns one answer for each line, in their order.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <param name="trained">The columns that the model was trained on.</param>
    /// <param name="needsPair">Whether the verb or the model reads two texts.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    /// <exception cref="UsageException">The options cannot be used with a pipe.</exception>
    public int Run(ParseResult arguments, ToolStreams streams, Func<string> modelHash,
        Func<IReadOnlyList<JsonLine>, IEnumerable<Answer>> answer, CancellationToken cancellation,
        TrainedColumns? trained = null, bool needsPair = false)
    {
        string output = arguments.GetRequiredValue(_output);
        string? dataset = _source.File(arguments);
        bool resume = arguments.GetValue(_resume);
        Shard? shard = arguments.GetValue(_shard);
        if (resume && (dataset is null || output == LineFile.Pipe))
            throw new UsageException("--resume needs files: specify them with --dataset and --output.");
        if (shard is not null && dataset is null)
            throw new UsageException("--shard needs a file: specify it with --dataset.");

        LineColumns columns = _source.Columns(arguments, trained, needsPair);
        long? lines = dataset is not null && (shard is not null || !streams.Messages.IsQuiet(arguments))
            ? LineFile.Count(dataset, columns, cancellation)
            : null;
        (long first, long? count) = (0, lines);
        if (shard is { } part)
        {
            (first, count) = part.Range(lines!.Value, Chunk);
            output = output == LineFile.Pipe ? output : part.FileOf(output);
        }
        if (output == LineFile.Pipe)
        {
            var pipe = new BufferedStream(streams.Out, 1 << 16); // not disposed: standard output stays open
            Write(pipe, 0, pipe.Flush);
            return ExitCode.Success;
        }
        Overwriting.Refuse(output, dataset, arguments.GetValue<string>("--model"));
        using ResultFile file = ResultFile.Open(output, resume ? RunIdentity.Of(arguments, dataset!, modelHash()) : null, Chunk);
        if (file.IsDone)
            streams.Tell(arguments, $"'{output}' is already complete.");
        else
            Write(file.Stream, file.Lines, file.Save);
        file.Commit();
        return ExitCode.Success;

        void Write(Stream stream, long done, Action save)
        {
            if (done > 0)
                streams.Tell(arguments, $"Continuing after {done} completed lines.");
            using var progress = new LineProgress(arguments, streams, done, count);
            using var writer = new JsonLinesWriter(stream);
            IEnumerable<JsonLine> rest = _source.Read(arguments, streams, first + done, columns, cancellation);
            if (shard is not null)
                rest = rest.Take(checked((int)(count!.Value - done)));
            foreach (JsonLine[] chunk in Chunks(rest, dataset is null ? FirstOfPipe : Chunk))
            {
                int answered = 0;
                foreach (Answer next in answer(chunk))
                {
                    cancellation.ThrowIfCancellationRequested();
                    writer.Write(next.Line, next.Write);
                    progress.Advance();
                    answered++;
                }
                if (answered != chunk.Length)
                    throw new InvalidOperationException($"There are {answered} answers for {chunk.Length} lines.");
                save();
            }
        }
    }

    private static IEnumerable<JsonLine[]> Chunks(IEnumerable<JsonLine> lines, int size)
    {
        var chunk = new List<JsonLine>(size);
        foreach (JsonLine line in lines)
        {
            chunk.Add(line);
            if (chunk.Count < size)
                continue;
            yield return [.. chunk];
            chunk.Clear();
            size = Math.Min(2 * size, Chunk);
        }
        if (chunk.Count > 0)
            yield return [.. chunk];
    }
}
