using Bert.MLNet.DataViews;
using Bert.MLNet.Tasks;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>What trainers of texts and pairs of texts have in common: rows are read once into tokens, and a checkpoint comes out that has learnt them.</summary>
/// <remarks>
/// Training needs libtorch's native library, which the application chooses; the fitted transformer runs without it. A row whose label is
/// missing is left out; missing text is empty text.
/// </remarks>
/// <typeparam name="TTransformer">What is fitted.</typeparam>
public abstract class SequenceTrainer<TTransformer> : IEstimator<TTransformer>
    where TTransformer : class, ITransformer
{
    private readonly SequenceTrainingOptions _options;
    private readonly string? _pairColumnName;

    private protected SequenceTrainer(IHostEnvironment env, string name, BertModel? model, SequenceTrainingOptions options, string? pairColumnName)
    {
        Host = env.Register(name);
        Host.CheckValue(options, nameof(options));
        Model = model ?? BertModel.Default;
        options.Check(Model);
        MaxLength = options.MaxLength ?? Model.MaxSequenceLength;
        Model.CheckMaxLength(MaxLength, pairColumnName is not null);
        (_options, _pairColumnName) = (options, pairColumnName);
    }

    private protected IHost Host { get; }

    /// <summary>Where the training starts from.</summary>
    private protected BertModel Model { get; }

    private protected int MaxLength { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has a type that does not fit.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        InputColumn.FindText(inputSchema, _options.Sentence1ColumnName, nameof(_options.Sentence1ColumnName));
        if (_pairColumnName is not null)
            InputColumn.FindText(inputSchema, _pairColumnName, "Sentence2ColumnName");
        return AddOutputs(inputSchema);
    }

    /// <summary>Trains, and returns what predicts. Dispose it, or the chain that it stands in, when it is no longer used.</summary>
    /// <param name="input">The rows to learn from. They are read once.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has a type that does not fit.</exception>
    /// <exception cref="InvalidOperationException">There is nothing to learn from the rows, or the loss became infinite; the message says what to do.</exception>
    /// <exception cref="DllNotFoundException">The application brings no libtorch; the message names the package.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled before its first update.</exception>
    public TTransformer Fit(IDataView input)
    {
        Host.CheckValue(input, nameof(input));
        TargetColumn target = Bind(input.Schema);
        TrainingRow[] rows = Read(input, target);
        TrainingRow[] validation = [];
        if (_options.ValidationSet is { } set)
        {
            TargetColumn other = Bind(set.Schema);
            target.CheckSame(other);
            validation = Read(set, other);
        }
        else
        {
            (rows, validation) = Split(rows);
        }
        return Learn(target, rows, validation);
    }

    private protected abstract SchemaShape AddOutputs(SchemaShape inputSchema);

    /// <summary>Finds and checks the column of labels.</summary>
    private protected abstract TargetColumn Bind(DataViewSchema schema);

    private protected abstract TTransformer CreateTransformer(BertModel trained, TargetColumn target);

    /// <summary>Makes what a row's training reads of its texts: here one sequence.</summary>
    private protected virtual void Tokenize(ReadOnlyMemory<char> first, ReadOnlyMemory<char> second, List<int> ids, out int pairStart) =>
        Model.Tokenizer.EncodeTo(first.Span, second.Span, _pairColumnName is not null, MaxLength, BertTruncation.LongestFirst, ids, out pairStart);

    /// <summary>Trains on rows that have been read: here the head of a sequence.</summary>
    private protected virtual TTransformer Learn(TargetColumn target, TrainingRow[] rows, TrainingRow[] validation)
    {
        (SequenceObjective objective, rows) = target.Learn(rows);
        return CreateTransformer(FineTuning.Run(Host, Model, target.ConfigOf(Model), objective, _options, rows, validation), target);
    }

    private TrainingRow[] Read(IDataView data, TargetColumn target)
    {
        DataViewSchema.Column text = InputColumn.FindText(data.Schema, _options.Sentence1ColumnName, nameof(_options.Sentence1ColumnName));
        DataViewSchema.Column? pair = _pairColumnName is null ? null : InputColumn.FindText(data.Schema, _pairColumnName, "Sentence2ColumnName");
        using IChannel channel = Host.Start("Reading");
        using DataViewRowCursor cursor = data.GetRowCursor([text, .. pair is { } second ? [second] : Array.Empty<DataViewSchema.Column>(), target.Column]);
        var getText = cursor.GetGetter<ReadOnlyMemory<char>>(text);
        var getPair = pair is { } column ? cursor.GetGetter<ReadOnlyMemory<char>>(column) : null;
        Func<float[]?> getTargets = target.CreateReader(cursor);
        ReadOnlyMemory<char> first = default, other = default;
        var rows = new List<TrainingRow>();
        var ids = new List<int>();
        long missing = 0;
        while (cursor.MoveNext())
        {
            if (cursor.Position % 1024 == 0)
                Host.CheckAlive();
            if (getTargets() is not { } targets)
            {
                missing++;
                continue;
            }
            getText(ref first);
            getPair?.Invoke(ref other);
            ids.Clear();
            Tokenize(first, other, ids, out int pairStart);
            rows.Add(new TrainingRow([.. ids], pairStart, cursor.Position, targets));
        }
        if (missing > 0)
            channel.Warning($"Rows without a label in column '{target.Column.Name}', which are left out: {missing}.");
        return [.. rows];
    }

    private (TrainingRow[] Train, TrainingRow[] Validation) Split(TrainingRow[] rows)
    {
        if (_options.ValidationFraction == 0 || rows.Length < 2)
            return (rows, []);
        TrainingRow[] shuffled = [.. rows];
        new Random(FineTuning.SeedOf(_options, Host)).Shuffle(shuffled);
        int count = Math.Clamp((int)Math.Round(rows.Length * _options.ValidationFraction), 1, rows.Length - 1);
        return (shuffled[count..], shuffled[..count]);
    }
}
