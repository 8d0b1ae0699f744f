using System.CommandLine;

namespace Bert.MLNet.Pretraining.Commands;

/// <summary>The options of commands that train a model to write texts.</summary>
internal sealed class WriterOptions
{
    private readonly Option<int> _epochs, _tokens, _accumulation, _beams, _maxLength, _ngrams, _logging, _workers, _seed;
    private readonly Option<double> _rate, _warmup, _decay, _dropout, _smoothing, _penalty;
    private readonly Option<string> _device = CommandOptions.Device(), _checkpoints;
    private readonly Option<BertPrecision> _precision;
    private readonly Option<BertTextMetric> _metric;
    private readonly Option<int?> _patience = new("--patience")
    {
        Description = "The number of epochs without improvement after which training stops. Default: never.",
    };

    private readonly Option<TimeSpan?> _duration = new("--duration")
    {
        Description = "The time after which training ends with the best epoch so far, such as 01:00:00. Default: none.",
    };

    /// <param name="epochs">The default number of epochs.</param>
    /// <param name="learningRate">The default learning rate.</param>
    /// <param name="dropout">The default dropout probability.</param>
    /// <param name="metric">How epochs are compared by default.</param>
    /// <param name="maxLength">The default maximum length of a text.</param>
    /// <param name="noRepeatNgramSize">The default length of sequences of tokens that occur once at most.</param>
    public WriterOptions(
        int epochs, double learningRate, double dropout, BertTextMetric metric, int maxLength, int noRepeatNgramSize)
    {
        _epochs = Value("--epochs", "The number of passes over the rows, over which the learning rate falls to zero.", epochs);
        _tokens = Value("--tokens-per-batch", "The maximum number of tokens in a batch, padding included.", 4096);
        _accumulation = Value("--accumulate", "The number of batches in an update.", 1);
        _rate = Value("--learning-rate", "The maximum learning rate.", learningRate);
        _warmup = Value("--warmup", "The share of the training in which the learning rate rises.", 0.1);
        _decay = Value("--weight-decay", "The decay of weights.", 0.01);
        _dropout = Value("--dropout", "The dropout probability.", dropout);
        _smoothing = Value("--label-smoothing", "The probability that is spread over the vocabulary.", 0.1);
        _metric = Value("--metric", "How epochs are compared on validation rows.", metric);
        _precision = Value("--precision", "The type of matrix products.", BertPrecision.Full);
        _beams = Value("--beams", "The number of beams of the saved model.", 4);
        _maxLength = Value("--max-length", "The maximum length of generated texts in tokens.", maxLength);
        _penalty = Value("--length-penalty", "The exponent of the length in scores.", 1.0);
        _ngrams = Value("--no-repeat-ngram-size", "Sequences of this many tokens occur once at most; 0: any.", noRepeatNgramSize);
        _logging = Value("--logging-steps", "The number of updates between two lines of progress.", 50);
        (_workers, _seed) = (CommandOptions.Workers(), CommandOptions.Seed());
        _checkpoints = new("--checkpoints")
        {
            Description = "The folder of checkpoints, from which the same command continues.",
            Required = true,
        };
    }

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[]
        {
            _epochs, _duration, _tokens, _accumulation, _rate, _warmup, _decay, _dropout, _smoothing, _patience, _metric, _precision,
            _beams, _maxLength, _penalty, _ngrams, _logging, _device, _workers, _seed, _checkpoints,
        })
            command.Options.Add(option);
    }

    public int Seed(ParseResult arguments) => arguments.GetValue(_seed);

    /// <summary>The folder of checkpoints.</summary>
    public string Checkpoints(ParseResult arguments) => arguments.GetRequiredValue(_checkpoints);

    /// <summary>How the saved model generates texts by default.</summary>
    public BertGenerationOptions Generation(ParseResult arguments) => new()
    {
        NumBeams = arguments.GetValue(_beams),
        MaxLength = arguments.GetValue(_maxLength),
        LengthPenalty = arguments.GetValue(_penalty),
        NoRepeatNgramSize = arguments.GetValue(_ngrams),
    };

    /// <summary>Creates a source that cancels after the time limit, and with another token.</summary>
    public CancellationTokenSource Limit(ParseResult arguments, CancellationToken cancellation)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (arguments.GetValue(_duration) is { } time)
            limit.CancelAfter(time);
        return limit;
    }

    /// <summary>The options of the trainer.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="start">The model to train.</param>
    /// <param name="checkpoints">The folder of checkpoints.</param>
    /// <param name="cancellation">Ends the training with the best epoch so far.</param>
    public SequenceToSequenceTrainer.Options Training(
        ParseResult arguments, BertModel start, string checkpoints, CancellationToken cancellation) => new()
        {
            Model = start,
            MaxEpochs = arguments.GetValue(_epochs),
            TokensPerBatch = arguments.GetValue(_tokens),
            GradientAccumulationSteps = arguments.GetValue(_accumulation),
            LearningRate = arguments.GetValue(_rate),
            WarmupRatio = arguments.GetValue(_warmup),
            WeightDecay = arguments.GetValue(_decay),
            Dropout = arguments.GetValue(_dropout),
            LabelSmoothingFactor = arguments.GetValue(_smoothing),
            EarlyStoppingPatience = arguments.GetValue(_patience),
            ValidationMetric = arguments.GetValue(_metric),
            Precision = arguments.GetValue(_precision),
            Device = arguments.GetRequiredValue(_device),
            NumberOfThreads = arguments.GetValue(_workers),
            LoggingSteps = arguments.GetValue(_logging),
            CheckpointFolder = checkpoints,
            CancellationToken = cancellation,
        };

    /// <summary>An option with a default.</summary>
    public static Option<T> Value<T>(string name, string description, T value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };
}
