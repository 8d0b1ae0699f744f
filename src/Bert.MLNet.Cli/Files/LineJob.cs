using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bert.MLNet.Cli.Bulk;
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
/// the parts of several runs return the same bits as a single run.
/// </summary>
internal sealed class LineJob
{
    private const int MaxChunkOfPipe = 2048;

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
    private readonly ShardOption _shard = new();

    public void AddTo(Command command)
    {
        _source.AddTo(command);
        command.Options.Add(_output);
        command.Options.Add(_resume);
        _shard.AddTo(command);
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
        IReadOnlyList<string>? names = _source.Files(arguments);
        bool resume = arguments.GetValue(_resume);
        Shard? shard = _shard.Of(arguments, streams.Variables);
        if (resume && (names is null || output == LineFile.Pipe))
            throw new UsageException("--resume needs files: specify them with --dataset and --output.");
        if (shard is not null && names is null)
            throw new UsageException("--shard needs a file: specify it with --dataset.");

        LineColumns columns = _source.Columns(arguments, trained, needsPair);
        Dataset? dataset = names is null ? null : Dataset.Open(names);
        BlockRange blocks = dataset is null ? default : shard?.Of(dataset.Blocks) ?? dataset.Whole;
        if (output == LineFile.Pipe)
        {
            var pipe = new BufferedStream(streams.Out, 1 << 16); // not disposed: standard output stays open
            Write(pipe, null, pipe.Flush);
            return ExitCode.Success;
        }
        output = shard?.FileOf(output) ?? output;
        Overwriting.Refuse(output, [.. dataset?.Files.Select(file => file.Path) ?? [], arguments.GetValue<string>("--model")]);
        dataset?.RefuseOutput(output);
        JsonObject? run = resume || shard is not null ? RunIdentity.Of(arguments, dataset!, modelHash()) : null;
        JsonObject? input = run is null ? null : DatasetIdentity.Of(dataset!, blocks);
        PartManifest? manifest = shard is { } part ? new PartManifest(Path.GetFullPath(output), part, run!, input!) : null;
        if (manifest?.IsWhole() == true)
        {
            streams.Tell(arguments, $"'{output}' is already complete.");
            return ExitCode.Success;
        }
        manifest?.Delete();
        using ResultFile file = ResultFile.Open(output, resume ? RunIdentity.TextOf(run!, input!) : null);
        if (file.IsDone)
            streams.Tell(arguments, $"'{output}' is already complete.");
        long rows = file.IsDone ? dataset!.Count(blocks, columns, cancellation) : Write(file.Stream, file, file.Save);
        file.Commit(() => manifest?.Write(rows));
        return ExitCode.Success;

        long Write(Stream stream, ResultFile? earlier, Action save)
        {
            long? total = streams.Messages.IsQuiet(arguments) ? null : dataset?.Count(blocks, columns, cancellation);
            using IEnumerator<JsonLine[]> chunks = (dataset?.Chunks(blocks, columns, cancellation)
                ?? Chunks(_source.Read(arguments, streams, columns, cancellation))).GetEnumerator();
            long done = 0;
            bool isRead = false;
            while (!isRead && done < earlier?.Lines && chunks.MoveNext())
            {
                isRead = done + chunks.Current.Length > earlier.Lines;
                done += isRead ? 0 : chunks.Current.Length;
            }
            earlier?.Keep(done);
            if (done > 0)
                streams.Tell(arguments, $"Continuing after {done} completed lines.");
            using var progress = new LineProgress(arguments, streams, done, total);
            using var writer = new JsonLinesWriter(stream);
            for (; isRead || chunks.MoveNext(); isRead = false)
            {
                int answered = 0;
                foreach (Answer next in answer(chunks.Current))
                {
                    cancellation.ThrowIfCancellationRequested();
                    writer.Write(next.Line, next.Write);
                    progress.Advance();
                    answered++;
                }
                if (answered != chunks.Current.Length)
                    throw new InvalidOperationException($"There are {answered} answers for {chunks.Current.Length} lines.");
                done += answered;
                save();
            }
            return done;
        }
    }

    private static IEnumerable<JsonLine[]> Chunks(IEnumerable<JsonLine> lines)
    {
        int size = FirstOfPipe;
        var chunk = new List<JsonLine>(size);
        foreach (JsonLine line in lines)
        {
            chunk.Add(line);
            if (chunk.Count < size)
                continue;
            yield return [.. chunk];
            chunk.Clear();
            size = Math.Min(2 * size, MaxChunkOfPipe);
        }
        if (chunk.Count > 0)
            yield return [.. chunk];
    }
}
