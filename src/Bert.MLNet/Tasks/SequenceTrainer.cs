using Bert.MLNet.DataViews;
using Bert.MLNet.Tasks;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>What trainers of texts and pairs of texts have in common: a row is one sequence with a label.</summary>
/// <remarks>
/// Training needs libtorch's native library, which the application chooses; the fitted transformer runs without it. A row whose label is
/// missing is left out; missing text is empty text.
/// </remarks>
/// <typeparam name="TTransformer">What is fitted.</typeparam>
public abstract class SequenceTrainer<TTransformer> : BertTrainer<TTransformer>
    where TTransformer : class, ITransformer
{
    private readonly SequenceTrainingOptions _options;
    private readonly string? _pairColumnName;

    private protected SequenceTrainer(IHostEnvironment env, string name, BertModel? model, SequenceTrainingOptions options, string? pairColumnName)
        : base(env, name, model, options)
    {
        MaxLength = options.MaxLength ?? Model.MaxSequenceLength;
        Model.CheckMaxLength(MaxLength, pairColumnName is not null);
        (_options, _pairColumnName) = (options, pairColumnName);
    }

    private protected int MaxLength { get; }

    private protected sealed override SchemaShape OutputsOver(SchemaShape inputSchema)
    {
        InputColumn.FindText(inputSchema, _options.Sentence1ColumnName, nameof(_options.Sentence1ColumnName));
        if (_pairColumnName is not null)
            InputColumn.FindText(inputSchema, _pairColumnName, "Sentence2ColumnName");
        return AddOutputs(inputSchema);
    }

    private protected sealed override TTransformer Train(IDataView input)
    {
        TrainingTarget target = Bind(input.Schema);
        if (_options.ValidationSet is { } set)
            target.CheckSame(Bind(set.Schema));
        (TrainingRow[] rows, TrainingRow[] validation) = Read(input, ReadRows);
        return Learn(target, rows, validation);
    }

    /// <summary>Checks the column of labels, and adds what is made of them.</summary>
    private protected abstract SchemaShape AddOutputs(SchemaShape inputSchema);

    /// <summary>Finds and checks the column of labels.</summary>
    private protected abstract TrainingTarget Bind(DataViewSchema schema);

    private protected abstract TTransformer CreateTransformer(BertModel trained, TrainingTarget target);

    /// <summary>Makes what a row's training reads of its texts: here one sequence.</summary>
    private protected virtual void Tokenize(ReadOnlyMemory<char> first, ReadOnlyMemory<char> second, List<int> ids, out int pairStart) =>
        Model.Tokenizer.EncodeTo(first.Span, second.Span, _pairColumnName is not null, MaxLength, BertTruncation.LongestFirst, ids, out pairStart);

    /// <summary>Trains on rows that have been read: here the head of a sequence.</summary>
    private protected virtual TTransformer Learn(TrainingTarget target, TrainingRow[] rows, TrainingRow[] validation)
    {
        (SequenceObjective objective, rows) = target.Learn(rows);
        return CreateTransformer(FineTuning.Run(Host, Model, target.ConfigOf(Model), objective, _options, rows, validation), target);
    }

    private TrainingRow[] ReadRows(IDataView data)
    {
        TrainingTarget target = Bind(data.Schema);
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
}
