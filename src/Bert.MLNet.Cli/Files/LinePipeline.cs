using System.Collections.Concurrent;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Files;

/// <summary>Lines through an ML.NET pipeline, which reads a window ahead and keeps the order; memory does not grow with their number.</summary>
internal static class LinePipeline
{
    /// <summary>Gives each line with its row.</summary>
    /// <typeparam name="TLine">What the rows are made from.</typeparam>
    /// <typeparam name="TInput">A row of what the pipeline reads.</typeparam>
    /// <typeparam name="TOutput">A row of what is read of its answer.</typeparam>
    /// <param name="ml">The context.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="read">A line as rows, mostly one; its answers come in as many items.</param>
    /// <param name="fit">The pipeline, fitted on the schema; disposed at the end.</param>
    public static IEnumerable<(TLine Line, TOutput Row)> Run<TLine, TInput, TOutput>(
        MLContext ml, IEnumerable<TLine> lines, Func<TLine, IEnumerable<TInput>> read, Func<IDataView, ITransformer> fit)
        where TInput : class
        where TOutput : class, new()
    {
        var waiting = new ConcurrentQueue<TLine>();
        IDataView input = ml.Data.LoadFromEnumerable(lines.SelectMany(line => read(line).Select(row =>
        {
            waiting.Enqueue(line);
            return row;
        })));
        ITransformer transformer = fit(input);
        using var owner = transformer as IDisposable;
        foreach (TOutput row in ml.Data.CreateEnumerable<TOutput>(transformer.Transform(input), reuseRowObject: false))
        {
            if (!waiting.TryDequeue(out TLine? line))
                throw new InvalidOperationException("The pipeline gave more rows than it was given.");
            yield return (line, row);
        }
    }
}
