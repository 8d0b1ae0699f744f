using System.CommandLine;
using Bert.MLNet.Cli.CodeGeneration;
using Bert.MLNet.Cli.Files;
using Bert.MLNet.Cli.Tables;
using Bert.MLNet.Cli.Verbs;

namespace Bert.MLNet.Cli.Training;

/// <summary>The options of all verbs that train.</summary>
internal sealed class TrainingOptions
{
    private readonly Option<string> _dataset = new("--dataset") { Description = "The table to learn from: .tsv, .csv, .jsonl or .parquet.", Required = true };

    private readonly Option<string?> _validation = new("--validation-dataset") { Description = "The table by which epochs are compared." };

    private readonly Option<string?> _test = new("--test-dataset") { Description = "The table that the model is measured on. Default: the validation rows." };

    private readonly Option<double> _split = new("--split-ratio") { Description = "The share of the rows kept for validation where there is no table for it.", DefaultValueFactory = _ => 0.2 };

    private readonly Option<string> _model = CommonOptions.Model();

    private readonly Option<string> _method = new("--method") { Description = "fine-tune: the whole checkpoint learns. embed: a trainer of ML.NET learns from its vectors, in seconds.", DefaultValueFactory = _ => "fine-tune" };

    private readonly Option<int> _epochs = new("--epochs") { Description = "Passes over the rows, at most.", DefaultValueFactory = _ => 10 };

    private readonly Option<int> _batchSize = new("--batch-size") { Description = "Rows of a batch.", DefaultValueFactory = _ => 32 };

    private readonly Option<double?> _learningRate = new("--learning-rate") { Description = "The highest learning rate. Default: 5e-5 for hidden states of 768 values, and more for smaller ones." };

    private readonly Option<int> _patience = new("--patience")
    {
        Description = "Epochs without a better metric on the validation rows after which the training stops; 0: never. Those before update 200, or while the loss falls fast, do not count.",
        DefaultValueFactory = _ => 3,
    };

    private readonly Option<int?> _trainTime = new("--train-time") { Description = "Seconds after which the training ends with the best epoch so far." };

    private readonly PromptOption _prompt = new();

    private readonly Option<int> _seed = new("--seed") { Description = "Where all chance comes from.", DefaultValueFactory = _ => 42 };

    private readonly Option<string> _output = new("--output", "-o") { Description = "The folder that receives NAME.zip, its metrics, a report, and a project that uses it.", DefaultValueFactory = _ => "." };

    private readonly Option<string> _name;

    private readonly Option<bool> _resume = new("--resume") { Description = "Keep checkpoints in NAME.checkpoints, and go on from one that is there." };

    private readonly Option<int> _saveSteps = new("--save-steps") { Description = "Updates between two checkpoints of --resume; there is one every half minute, too.", DefaultValueFactory = _ => 500 };

    private readonly Option<string?> _library = new("--library") { Description = "What the project beside the model references: the path of Bert.MLNet.csproj, or a version of the package. Default: the clone that this tool runs from, else its own version." };

    public TrainingOptions(string defaultName)
    {
        _name = new("--name") { Description = "What the files are called.", DefaultValueFactory = _ => defaultName };
        _method.AcceptOnlyFromAmong("fine-tune", "embed");
        _model.Required = false;
        _model.DefaultValueFactory = _ => "embedded";
        foreach (Option<string> option in new[] { _dataset, _output })
        {
            option.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<string>() == LineFile.Pipe)
                    result.AddError($"{option.Name} of a training is no pipe; name a {(option == _output ? "folder" : "file")}.");
            });
        }
        CommonOptions.Require(_split, value => value is >= 0 and < 1, "at least 0 and less than 1");
        foreach (Option<int> option in new[] { _epochs, _batchSize, _saveSteps })
            CommonOptions.Require(option, value => value >= 1, "at least 1");
        CommonOptions.Require(_trainTime, value => value is null or >= 1, "at least 1");
        CommonOptions.Require(_learningRate, value => value is null or (> 0 and < double.PositiveInfinity), "a number above 0");
        CommonOptions.Require(_patience, value => value >= 0, "a number of epochs, or 0 to train all of them");
        _name.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } name && (name.Length == 0 || Path.GetFileName(name) != name || name.Any(BreaksLine)))
                result.AddError("--name must be the name of a file without a folder, in one line; the folder is --output.");
        });
    }

    public TableOptions Table { get; } = new();

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _dataset, _validation, _test, _split, _model, _method, _epochs, _batchSize, _learningRate, _patience, _trainTime, _seed, _output, _name, _resume, _saveSteps, _library })
            command.Options.Add(option);
        _prompt.AddTo(command);
        Table.AddTo(command);
    }

    /// <summary>Adds the options of a verb whose data set is no table of labels, and whose checkpoint learns as a whole.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="dataset">What its data set is.</param>
    /// <param name="result">What it writes.</param>
    public void AddTo(Command command, string dataset, string result = "NAME.zip, its metrics, a report, and a project that uses it")
    {
        _dataset.Description = dataset;
        _output.Description = $"The folder that receives {result}.";
        foreach (Option option in new Option[] { _dataset, _validation, _test, _split, _model, _epochs, _batchSize, _learningRate, _patience, _trainTime, _seed, _output, _name, _resume, _saveSteps })
            command.Options.Add(option);
    }

    /// <summary>Adds where the project beside the model finds the library.</summary>
    public void AddLibraryTo(Command command) => command.Options.Add(_library);

    public string Folder(ParseResult arguments) => Path.GetFullPath(arguments.GetRequiredValue(_output));

    public string Name(ParseResult arguments) => arguments.GetRequiredValue(_name);

    public bool Embeds(ParseResult arguments) => arguments.GetValue(_method) == "embed";

    public int Seed(ParseResult arguments) => arguments.GetValue(_seed);

    public Task<BertModel> OpenModelAsync(ParseResult arguments, CancellationToken cancellation) => Checkpoint.OpenAsync(arguments.GetRequiredValue(_model), cancellation);

    /// <summary>What checks the rows to learn from.</summary>
    public TrainableRows Trainable(ParseResult arguments) =>
        new(arguments.GetRequiredValue(_dataset), Table.LabelColumn(arguments), arguments.GetValue(_validation), arguments.GetValue(_test));

    /// <summary>The text before each text that becomes a vector; null: the checkpoint's default prompt.</summary>
    /// <exception cref="UsageException">A prompt is given to a checkpoint that learns as a whole.</exception>
    public string? Prompt(ParseResult arguments, BertModel bert) => Embeds(arguments) || !_prompt.IsGiven(arguments)
        ? _prompt.Of(arguments, bert)
        : throw new UsageException("A prompt goes with --method embed: a checkpoint that is fine-tuned learns from the texts as they are.");

    /// <summary>
    /// The rows to learn from, those by which epochs are compared, and those that the model is measured on. Where there are no epochs and a
    /// file to
    /// measure on, all rows are learnt from.
    /// </summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="read">Reads a file.</param>
    public TrainingRows<TRow> ReadRows<TRow>(ParseResult arguments, Func<string, TRow[]> read)
    {
        TRow[] train = read(arguments.GetRequiredValue(_dataset));
        if (train.Length == 0)
            throw new InvalidDataException($"'{arguments.GetValue(_dataset)}' has no rows.");
        TRow[] validation = [];
        if (arguments.GetValue(_validation) is { } path)
            validation = read(path);
        else if (!Embeds(arguments) || !HasTest(arguments))
        {
            new Random(Seed(arguments)).Shuffle(train);
            int kept = (int)Math.Round(train.Length * arguments.GetValue(_split));
            (validation, train) = (train[..kept], train[kept..]);
        }
        return train.Length == 0
            ? throw new InvalidDataException("No rows are left to learn from. Lower --split-ratio.")
            : new TrainingRows<TRow>(train, validation, arguments.GetValue(_test) is { } test ? read(test) : validation);
    }

    /// <summary>What generated code repeats.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="bert">The checkpoint.</param>
    /// <param name="rows">How many rows were learnt from.</param>
    /// <param name="sources">How the files are read again, by their paths.</param>
    public TrainingSettings Settings(ParseResult arguments, BertModel bert, int rows, IReadOnlyDictionary<string, TableSource> sources) => new()
    {
        Model = arguments.GetRequiredValue(_model),
        Embeds = Embeds(arguments),
        Prompt = Prompt(arguments, bert),
        Rows = rows,
        Epochs = arguments.GetValue(_epochs),
        BatchSize = arguments.GetValue(_batchSize),
        LearningRate = arguments.GetValue(_learningRate),
        Patience = Patience(arguments),
        Seed = Seed(arguments),
        ValidationFraction = arguments.GetValue(_split),
        Source = sources[arguments.GetRequiredValue(_dataset)],
        Validation = arguments.GetValue(_validation) is { } validation ? sources[validation] : null,
        Test = arguments.GetValue(_test) is { } test ? sources[test] : null,
    };

    /// <summary>Refuses a name under which the training would overwrite what it reads.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="ending">What follows the name of what is written.</param>
    /// <exception cref="UsageException">It would.</exception>
    public void RefuseOverwriting(ParseResult arguments, string ending) => Overwriting.Refuse(
        Path.Combine(Folder(arguments), Name(arguments)) + ending,
        arguments.GetValue(_dataset), arguments.GetValue(_validation), arguments.GetValue(_test), arguments.GetValue(_model));

    /// <summary>Whether the rows that the model is measured on have a file of their own.</summary>
    public bool HasTest(ParseResult arguments) => arguments.GetValue(_test) is not null;

    /// <summary>Where generated code finds the library.</summary>
    public LibraryReference Library(ParseResult arguments) => LibraryReference.Parse(arguments.GetValue(_library));

    /// <summary>A trainer's options with what all of them have in common.</summary>
    public TOptions Apply<TOptions>(ParseResult arguments, BertModel model, TrainingWatch watch, TOptions options)
        where TOptions : BertTrainingOptions => (TOptions)((BertTrainingOptions)options with
        {
            Model = model,
            MaxEpochs = arguments.GetValue(_epochs),
            BatchSize = arguments.GetValue(_batchSize),
            LearningRate = arguments.GetValue(_learningRate),
            EarlyStoppingPatience = Patience(arguments),
            Seed = Seed(arguments),
            CheckpointFolder = arguments.GetValue(_resume) ? Path.Combine(Folder(arguments), Name(arguments) + ".checkpoints") : null,
            SaveSteps = arguments.GetValue(_saveSteps),
            Progress = watch.Progress,
            LoggingSteps = 1,
            CancellationToken = watch.Cancellation,
        });

    private int? Patience(ParseResult arguments) => arguments.GetValue(_patience) is > 0 and var epochs ? epochs : null;

    /// <summary>Ends when Ctrl-C is pressed or the time is used up.</summary>
    public CancellationTokenSource Limit(ParseResult arguments, CancellationToken cancellation)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (arguments.GetValue(_trainTime) is { } seconds)
            limit.CancelAfter(TimeSpan.FromSeconds(seconds));
        return limit;
    }

    // Generated code names the files in comments, which a line break would end.
    private static bool BreaksLine(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';
}
