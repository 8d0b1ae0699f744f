using System.Collections.Concurrent;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Files;

/// <summary>Runs lines through an ML.NET pipeline, which reads a window ahead and keeps the order, in constant memory.</summary>
/// <typeparam name="TInput">The input row of the pipeline.</typeparam>
/// <typeparam name="TOutput">The output row of the pipeline.</typeparam>
internal sealed class LinePipeline<TInput, TOutput> : IDisposable
    where TInput : class
    where TOutput : class, new()
{
    private readonly MLContext _ml;
    private readonly ITransformer _transformer;

    /// <param name="ml">The context.</param>
    /// <param name="fit">Creates the pipeline from the schema only; it is disposed at the end.</param>
    public LinePipeline(MLContext ml, Func<IDataView, ITransformer> fit)
    {
        _ml = ml;
        _transformer = fit(ml.Data.LoadFromEnumerable<TInput>([]));
    }

    /// <summary>Returns each line with its output row.</summary>
    /// <typeparam name="TLine">The type of a line.</typeparam>
    /// <param name="lines">The lines.</param>
    /// <param name="read">Converts a line to rows, usually one; the line is returned once for each of them.</param>
    public IEnumerable<(TLine Line, TOutput Row)> Run<TLine>(IEnumerable<TLine> lines, Func<TLine, IEnumerable<TInput>> read)
    {
        var waiting = new ConcurrentQueue<TLine>();
        IDataView input = _ml.Data.LoadFromEnumerable(lines.SelectMany(line => read(line).Select(row =>
        {
            waiting.Enqueue(line);
            return row;
        })));
        foreach (TOutput row in _ml.Data.CreateEnumerable<TOutput>(_transformer.Transform(input), reuseRowObject: false))
        {
            if (!waiting.TryDequeue(out TLine? line))
                throw new InvalidOperationException("The pipeline returned more rows than it received.");
            yield return (line, row);
        }
    }

    public void Dispose() => (_transformer as IDisposable)?.Dispose();
}
