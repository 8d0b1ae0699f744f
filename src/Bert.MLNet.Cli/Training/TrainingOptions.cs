using System.CommandLine;
using Bert.MLNet.Cli.CodeGeneration;
using Bert.MLNet.Cli.Files;
using Bert.MLNet.Cli.Tables;
using Bert.MLNet.Cli.Verbs;

namespace Bert.MLNet.Cli.Training;

/// <summary>The options of all verbs that train.</summary>
internal sealed class TrainingOptions
{
    private readonly Option<string> _dataset = new("--dataset")
    {
        Description = "The training table: .tsv, .csv, .jsonl or .parquet.",
        Required = true,
    };

    private readonly Option<string?> _validation = new("--validation-dataset") { Description = "The table for choosing the best epoch." };

    private readonly Option<string?> _test = new("--test-dataset")
    {
        Description = "The table for evaluating the model. Default: the validation rows.",
    };

    private readonly Option<double> _split = new("--split-ratio")
    {
        Description = "The share of the rows to use for validation if there is no --validation-dataset.",
        DefaultValueFactory = _ => 0.2,
    };

    private readonly MethodOption _method;

    private readonly Option<int?> _epochs = new("--epochs")
    {
        Description = "The maximum number of passes over the rows. Default: 3 for many rows to 50 for few.",
    };

    private readonly Option<int> _batchSize = new("--batch-size")
    {
        Description = "The number of rows in a batch.",
        DefaultValueFactory = _ => 32,
    };

    private readonly Option<double?> _learningRate = new("--learning-rate")
    {
        Description = "The maximum learning rate. Default: 5e-5 for hidden states of 768 values, higher for smaller ones.",
    };

    private readonly Option<int> _patience = new("--patience")
    {
        Description = "The number of epochs without a better validation metric after which training stops; 0: never. Epochs before " +
            "update 200, or while the loss falls fast, do not count.",
        DefaultValueFactory = _ => 3,
    };

    private readonly Option<int?> _trainTime = new("--train-time")
    {
        Description = "The number of seconds after which training ends with the best epoch, or a search with the best model, so far.",
    };

    private readonly PromptOption _prompt = new();

    private readonly Option<int> _seed = new("--seed") { Description = "The seed for all random numbers.", DefaultValueFactory = _ => 42 };

    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "The folder for NAME.zip, its metrics, a report, and a project that uses it.",
        DefaultValueFactory = _ => ".",
    };

    private readonly Option<string> _name;

    private readonly Option<bool> _resume = new("--resume")
    {
        Description = "Keep checkpoints in NAME.checkpoints, and continue from an existing one.",
    };

    private readonly Option<int> _saveSteps = new("--save-steps")
    {
        Description = "The number of updates between two checkpoints of --resume; there is also one every half minute.",
        DefaultValueFactory = _ => 500,
    };

    private readonly Option<string?> _library = new("--library")
    {
        Description = "What the generated project references: the path of Bert.MLNet.csproj, or a version of the package. Default: the " +
            "clone that this tool runs from, or the tool's own version.",
    };

    /// <param name="defaultName">The default of <c>--name</c>.</param>
    /// <param name="methods">The values of <c>--method</c>; none for a verb without the option.</param>
    public TrainingOptions(string defaultName, params IReadOnlyList<string> methods)
    {
        _name = new("--name") { Description = "The name of the files.", DefaultValueFactory = _ => defaultName };
        _method = new MethodOption([_epochs, _batchSize, _learningRate, _patience, _saveSteps], methods);
        Checkpoints = new CheckpointOption(_method);
        foreach (Option<string> option in new[] { _dataset, _output })
        {
            option.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<string>() == LineFile.Pipe)
                    result.AddError($"{option.Name} cannot be a pipe for training; specify a {(option == _output ? "folder" : "file")}.");
            });
        }
        CommonOptions.Require(_split, value => value is >= 0 and < 1, "at least 0 and less than 1");
        foreach (Option<int> option in new[] { _batchSize, _saveSteps })
            CommonOptions.Require(option, value => value >= 1, "at least 1");
        foreach (Option<int?> option in new[] { _epochs, _trainTime })
            CommonOptions.Require(option, value => value is null or >= 1, "at least 1");
        CommonOptions.Require(_learningRate, value => value is null or (> 0 and < double.PositiveInfinity), "a number above 0");
        CommonOptions.Require(_patience, value => value >= 0, "a number of epochs, or 0 to train all of them");
        _name.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } name
                && (name.Length == 0 || Path.GetFileName(name) != name || name.Any(BreaksLine)))
                result.AddError("--name must be a file name on one line, without a folder; use --output for the folder.");
        });
    }

    public TableOptions Table { get; } = new();

    /// <summary>The checkpoints to train.</summary>
    public CheckpointOption Checkpoints { get; }

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _dataset, _validation, _test, _split, Checkpoints.Model })
            command.Options.Add(option);
        _method.AddTo(command);
        Checkpoints.AddFastTo(command);
        foreach (Option option in new Option[] { _epochs, _batchSize, _learningRate, _patience, _trainTime, _seed, _output, _name, _resume,
            _saveSteps, _library })
            command.Options.Add(option);
        _prompt.AddTo(command);
        Table.AddTo(command);
    }

    /// <summary>Adds the options of a verb whose data set is not a table with labels, and which fine-tunes the checkpoint.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="dataset">The description of its data set.</param>
    /// <param name="result">The description of its output.</param>
    public void AddTo(Command command, string dataset, string result = "NAME.zip, its metrics, a report, and a project that uses it")
    {
        _dataset.Description = dataset;
        _output.Description = $"The folder for {result}.";
        foreach (Option option in new Option[] { _dataset, _validation, _test, _split, Checkpoints.Model, _epochs, _batchSize,
            _learningRate, _patience, _trainTime, _seed, _output, _name, _resume, _saveSteps })
            command.Options.Add(option);
    }

    /// <summary>Adds <c>--method</c>.</summary>
    public void AddMethodTo(Command command) => _method.AddTo(command);

    /// <summary>Adds the option for the library reference of the generated project.</summary>
    public void AddLibraryTo(Command command) => command.Options.Add(_library);

    /// <summary>The training data.</summary>
    public string Dataset(ParseResult arguments) => arguments.GetRequiredValue(_dataset);

    public string Folder(ParseResult arguments) => Path.GetFullPath(arguments.GetRequiredValue(_output));

    public string Name(ParseResult arguments) => arguments.GetRequiredValue(_name);

    public string Method(ParseResult arguments) => _method.Of(arguments);

    /// <summary>The message about a default method, or null.</summary>
    public string? MethodExplanation(ParseResult arguments) => _method.Explanation(arguments);

    public bool IsAuto(ParseResult arguments) => Method(arguments) == MethodOption.Auto;

    public bool Embeds(ParseResult arguments) => Method(arguments) == MethodOption.Embed;

    public bool IsFewShot(ParseResult arguments) => Method(arguments) == MethodOption.FewShot;

    public int? TrainTime(ParseResult arguments) => arguments.GetValue(_trainTime);

    public int Seed(ParseResult arguments) => arguments.GetValue(_seed);

    /// <summary>The path of a file or folder that --resume keeps; null without --resume.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="ending">The end of its name.</param>
    public string? Kept(ParseResult arguments, string ending) =>
        arguments.GetValue(_resume) ? Path.Combine(Folder(arguments), Name(arguments) + ending) : null;

    /// <summary>Creates the check of the training rows.</summary>
    public TrainableRows Trainable(ParseResult arguments) =>
        new(arguments.GetRequiredValue(_dataset), Table.LabelColumn(arguments), arguments.GetValue(_validation), arguments.GetValue(_test));

    /// <summary>The text in front of each embedded text; null for the checkpoint's default prompt.</summary>
    /// <exception cref="UsageException">A prompt is specified for fine-tuning.</exception>
    public string? Prompt(ParseResult arguments, BertModel bert) => Embeds(arguments) || !_prompt.IsGiven(arguments)
        ? _prompt.Of(arguments, bert)
        : throw new UsageException("--prompt and --prompt-name require --method embed: fine-tuning uses the texts as they are.");

    /// <summary>
    /// Reads the rows for training, validation and testing. If no epoch is chosen and there is a test file, all rows are used for training.
    /// </summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="read">Reads a file.</param>
    public SplitRows<TRow> ReadRows<TRow>(ParseResult arguments, Func<string, TRow[]> read)
    {
        TRow[] train = read(arguments.GetRequiredValue(_dataset));
        if (train.Length == 0)
            throw new InvalidDataException($"'{arguments.GetValue(_dataset)}' has no rows.");
        TRow[] validation = [];
        if (arguments.GetValue(_validation) is { } path)
            validation = read(path);
        else if (Splits(arguments))
        {
            new Random(Seed(arguments)).Shuffle(train);
            int kept = (int)Math.Round(train.Length * arguments.GetValue(_split));
            (validation, train) = (train[..kept], train[kept..]);
        }
        return train.Length == 0
            ? throw new InvalidDataException("No rows are left for training. Lower --split-ratio.")
            : new SplitRows<TRow>(train, validation, arguments.GetValue(_test) is { } test ? read(test) : validation);
    }

    /// <summary>The settings that generated code uses again.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="bert">The checkpoint.</param>
    /// <param name="rows">The number of training rows.</param>
    /// <param name="sources">The settings for reading the files again, by path.</param>
    public TrainingSettings Settings(ParseResult arguments, BertModel bert, int rows, IReadOnlyDictionary<string, TableSource> sources) =>
        new()
    {
        Model = Checkpoints.Names(arguments)[0],
        Embeds = Embeds(arguments),
        IsFewShot = IsFewShot(arguments),
        IsBiEncoder = Method(arguments) == MethodOption.BiEncoder,
        StaticDimension = Checkpoints.IsFast(arguments) ? bert.Config.HiddenSize : null,
        Prompt = Prompt(arguments, bert),
        Rows = rows,
        Epochs = arguments.GetValue(_epochs),
        BatchSize = arguments.GetValue(_batchSize),
        LearningRate = arguments.GetValue(_learningRate),
        Patience = Patience(arguments),
        Seed = Seed(arguments),
        ValidationFraction = IsFewShot(arguments) && !Splits(arguments) ? 0 : arguments.GetValue(_split),
        Source = sources[arguments.GetRequiredValue(_dataset)],
        Validation = arguments.GetValue(_validation) is { } validation ? sources[validation] : null,
        Test = arguments.GetValue(_test) is { } test ? sources[test] : null,
    };

    /// <summary>Rejects a name with which training would overwrite its input.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="ending">The extension of the output.</param>
    /// <exception cref="UsageException">The output is one of the inputs.</exception>
    public void RefuseOverwriting(ParseResult arguments, string ending) => Overwriting.Refuse(
        Path.Combine(Folder(arguments), Name(arguments)) + ending,
        [arguments.GetValue(_dataset), arguments.GetValue(_validation), arguments.GetValue(_test),
            .. Checkpoints.Names(arguments)]);

    /// <summary>Whether there is a separate validation file.</summary>
    public bool HasValidation(ParseResult arguments) => arguments.GetValue(_validation) is not null;

    /// <summary>Whether there is a separate test file.</summary>
    public bool HasTest(ParseResult arguments) => arguments.GetValue(_test) is not null;

    /// <summary>The library reference of generated code.</summary>
    public LibraryReference Library(ParseResult arguments) => LibraryReference.Parse(arguments.GetValue(_library));

    /// <summary>Sets the options that all trainers share.</summary>
    public TOptions Apply<TOptions>(ParseResult arguments, BertModel model, TrainingWatch watch, TOptions options)
        where TOptions : BertTrainingOptions => (TOptions)((BertTrainingOptions)options with
        {
            Model = model,
            MaxEpochs = arguments.GetValue(_epochs),
            BatchSize = arguments.GetValue(_batchSize),
            LearningRate = arguments.GetValue(_learningRate),
            EarlyStoppingPatience = Patience(arguments),
            Seed = Seed(arguments),
            CheckpointFolder = Kept(arguments, ".checkpoints"),
            SaveSteps = arguments.GetValue(_saveSteps),
            Progress = watch.Progress,
            LoggingSteps = 1,
            CancellationToken = watch.Cancellation,
        });

    // Fine-tuning chooses the best epoch.
    private bool Splits(ParseResult arguments) => MethodOption.FineTunes(Method(arguments)) || !HasTest(arguments);

    private int? Patience(ParseResult arguments) => arguments.GetValue(_patience) is > 0 and var epochs ? epochs : null;

    /// <summary>Creates a token that is canceled by Ctrl-C or at the end of the training time.</summary>
    public CancellationTokenSource Limit(ParseResult arguments, CancellationToken cancellation)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (arguments.GetValue(_trainTime) is { } seconds)
            limit.CancelAfter(TimeSpan.FromSeconds(seconds));
        return limit;
    }

    // Generated code contains the file names in comments, which a line break would end.
    private static bool BreaksLine(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';
}
