using System.Collections.Concurrent;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Files;

/// <summary>Lines through an ML.NET pipeline, which reads a window ahead and keeps the order; memory does not grow with their number.</summary>
/// <typeparam name="TInput">A row of what the pipeline reads.</typeparam>
/// <typeparam name="TOutput">A row of what is read of its answer.</typeparam>
internal sealed class LinePipeline<TInput, TOutput> : IDisposable
    where TInput : class
    where TOutput : class, new()
{
    private readonly MLContext _ml;
    private readonly ITransformer _transformer;

    /// <param name="ml">The context.</param>
    /// <param name="fit">Makes the pipeline of the schema alone; it is disposed at the end.</param>
    public LinePipeline(MLContext ml, Func<IDataView, ITransformer> fit)
    {
        _ml = ml;
        _transformer = fit(ml.Data.LoadFromEnumerable<TInput>([]));
    }

    /// <summary>Gives each line with its row.</summary>
    /// <typeparam name="TLine">What the rows are made from.</typeparam>
    /// <param name="lines">The lines.</param>
    /// <param name="read">A line as rows, mostly one; its answers come in as many items.</param>
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
                throw new InvalidOperationException("The pipeline gave more rows than it was given.");
            yield return (line, row);
        }
    }

    public void Dispose() => (_transformer as IDisposable)?.Dispose();
}
