namespace Bert.MLNet.Pretraining.Evaluation;

/// <summary>A data set for fine-tuning: its training rows, test rows and metrics.</summary>
internal abstract class FineTuningTask
{
    /// <summary>The number of random splits or draws to average over, if there are no test rows or few training rows.</summary>
    protected const int Draws = 5;

    public static readonly string[] Names =
    [
        "sst2", "yelp", "cola", "mrpc", "stsb", "trec", "clinc150", "snli", "wnut17", "conll2003", "bc5cdr", "xquad", "squad",
    ];

    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="folder">The folder of the data sets.</param>
    /// <param name="rows">The number of training rows, in five random draws; null for all.</param>
    /// <param name="rowsPerLabel">The number of training rows of each label, in five random draws; null for
    /// <paramref name="rows"/>.</param>
    /// <exception cref="NotSupportedException">The task has no draws by label.</exception>
    public static FineTuningTask Read(string name, string folder, int? rows, int? rowsPerLabel = null) => name switch
    {
        "clinc150" => LabelTask.Intents(Path.Combine(folder, "clinc150"), rows, rowsPerLabel),
        "sst2" when rowsPerLabel is not null => LabelTask.Sentiments(Path.Combine(folder, "sst2"), rowsPerLabel),
        "trec" => LabelTask.Questions(Path.Combine(folder, "trec_qc"), rows, rowsPerLabel),
        "snli" => LabelTask.Inferences(Path.Combine(folder, "snli", "dev.tsv.gz"), rows, rowsPerLabel),
        _ when rowsPerLabel is not null =>
            throw new NotSupportedException($"{name} has no draws by label, only sst2, trec, clinc150 and snli have."),
        "wnut17" => new EntityTask(Path.Combine(folder, name), "wnut17train.conll", "emerging.dev.conll", '\t', rows),
        "conll2003" => new EntityTask(Path.Combine(folder, name), "eng.train.gz", "eng.testa", ' ', rows),
        "bc5cdr" => new EntityTask(Path.Combine(folder, name), "train.tsv.gz", "devel.tsv.gz", '\t', rows),
        "xquad" => new AnswerTask(Path.Combine(folder, name, "xquad.en.json"), rows),
        "squad" => new AnswerTask(Path.Combine(folder, "squad_train", "train-part.json.gz"), rows),
        _ => new SentenceTask(name, folder, rows),
    };

    /// <summary>The number of runs whose results are averaged.</summary>
    public abstract int Splits { get; }

    /// <summary>The number of training rows of each run.</summary>
    public abstract int TrainRows { get; }

    /// <summary>Trains on one split and evaluates on its test rows: results from 0 to 100, by name.</summary>
    /// <exception cref="NotSupportedException">The task does not have this baseline.</exception>
    public abstract IReadOnlyList<(string Name, double Value)> Measure(FineTuningSettings settings, int split);

    /// <summary>Five random splits into 80 % and 20 %.</summary>
    protected static (T[] Train, T[] Test)[] RandomSplits<T>(T[] rows) =>
        [.. Enumerable.Range(1, Draws).Select(seed => Shuffle(rows, seed))
            .Select(shuffled => (shuffled[..(rows.Length * 4 / 5)], shuffled[(rows.Length * 4 / 5)..]))];

    /// <summary>Splits with fewer training rows, in five random draws; null for all rows.</summary>
    protected static (T[] Train, T[] Test)[] Few<T>((T[] Train, T[] Test)[] splits, int? rows) => rows is null ? splits :
    [
        .. Enumerable.Range(0, Draws).Select(draw =>
        {
            (T[] train, T[] test) = splits[draw % splits.Length];
            return (Shuffle(train, draw + 1)[..Math.Min(rows.Value, train.Length)], test);
        }),
    ];

    /// <summary>Five random draws of the given number of rows of each label.</summary>
    protected static T[][] DrawsByLabel<T>(T[] rows, int rowsPerLabel, Func<T, string> label) =>
        [.. Enumerable.Range(1, Draws).Select(seed =>
            Shuffle(rows, seed).GroupBy(label).SelectMany(group => group.Take(rowsPerLabel)).ToArray())];

    private static T[] Shuffle<T>(T[] rows, int seed)
    {
        T[] shuffled = [.. rows];
        new Random(seed).Shuffle(shuffled);
        return shuffled;
    }
}
