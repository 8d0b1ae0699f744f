using System.CommandLine;

namespace Bert.MLNet.Cli.Training;

/// <summary>The option <c>--metric</c>: the metric by which a search compares models.</summary>
/// <typeparam name="TMetric">The metrics.</typeparam>
internal sealed class MetricOption<TMetric>
    where TMetric : struct, Enum
{
    private readonly TrainingOptions _options;

    private readonly Option<TMetric?> _metric = new("--metric")
    {
        Description = "For --method auto: the metric by which models are compared " +
            $"({string.Join(", ", Enum.GetNames<TMetric>())}). Default: {Enum.GetNames<TMetric>()[0]}.",
    };

    /// <param name="options">The options of the training.</param>
    public MetricOption(TrainingOptions options)
    {
        _options = options;
        _metric.AcceptOnlyFromAmong(Enum.GetNames<TMetric>());
    }

    public void AddTo(Command command) => command.Options.Add(_metric);

    /// <summary>The metric, specified or default.</summary>
    public TMetric Of(ParseResult arguments) => arguments.GetValue(_metric) ?? default;

    /// <exception cref="UsageException">A metric is specified for another method.</exception>
    public void Check(ParseResult arguments)
    {
        if (arguments.GetValue(_metric) is not null && !_options.IsAuto(arguments))
            throw new UsageException("--metric requires --method auto: other methods train one model.");
    }
}
