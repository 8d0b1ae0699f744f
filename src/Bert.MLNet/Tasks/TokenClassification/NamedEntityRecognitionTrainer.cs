using Bert.MLNet.DataViews;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Tasks;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Fine-tunes a checkpoint to find named entities, from labels of words or from places in texts.</summary>
/// <remarks>
/// <para>
/// With labels of words the input is a column of words, which is text whose words single spaces separate (<c>text.Split(' ')</c>) or a vector of
/// texts, and a column of vectors of keys (<c>MapValueToKey</c>), one for each word: tags of BIO, in either form, IOE, IOBES or BILOU, or types
/// without a prefix. A missing key is O. Output of what is fitted: <c>PredictedLabel</c>, a vector of keys with the values of the label column,
/// one for each word, of which a missing key is O where no value is; <c>Score</c>, [words, labels], the probabilities of
/// <see cref="BertTokenClassifierTransformer.Labels"/>; and the entities as <see cref="BertTokenClassifierEstimator"/> gives them, made of whole
/// words. Labels that do not make entities in the scheme of the others are repaired, in training as in prediction.
/// </para>
/// <para>
/// With places (<see cref="Options.LabelStartsColumnName"/>) the input is a column of texts and three columns of vectors, of one length in a row:
/// the keys of the entities' types, their starts and ends. What is fitted gives entities alone.
/// </para>
/// <para>Texts longer than the model are read in windows that overlap. The metric of validation is F1 of entities as seqeval computes it.</para>
/// </remarks>
public sealed class NamedEntityRecognitionTrainer : BertTrainer<BertTokenClassifierTransformer>
{
    /// <summary>Settings of <see cref="NamedEntityRecognitionTrainer"/>.</summary>
    public sealed class Options : SequenceTrainingOptions
    {
        /// <summary>Options with the columns that Microsoft.ML.TorchSharp has: the texts are in "Sentence".</summary>
        public Options() => Sentence1ColumnName = "Sentence";

        /// <summary>The column of predicted labels of words that the fitted transformer adds. Default "PredictedLabel".</summary>
        public string OutputColumnName { get; set; } = "PredictedLabel";

        /// <summary>
        /// The column of where entities begin in the text (a vector of <see cref="int"/>, UTF-16 units), where labels are the types of entities.
        /// Default null: labels are those of words.
        /// </summary>
        public string? LabelStartsColumnName { get; set; }

        /// <summary>The column of where they end: <c>text[start..end]</c> is the entity. Default null: labels are those of words.</summary>
        public string? LabelEndsColumnName { get; set; }

        /// <summary>The column that receives the entities' texts. Default "Entities".</summary>
        public string EntitiesColumnName { get; set; } = "Entities";

        /// <summary>The column that receives their types. Default "EntityTypes".</summary>
        public string EntityTypesColumnName { get; set; } = "EntityTypes";

        /// <summary>The column that receives their probabilities. Default "EntityScores".</summary>
        public string EntityScoresColumnName { get; set; } = "EntityScores";

        /// <summary>The column that receives where they begin. Default "EntityStarts".</summary>
        public string EntityStartsColumnName { get; set; } = "EntityStarts";

        /// <summary>The column that receives where they end. Default "EntityEnds".</summary>
        public string EntityEndsColumnName { get; set; } = "EntityEnds";

        /// <summary>How many tokens a window repeats of the one before, where a text is longer than <see cref="BertTrainingOptions.MaxLength"/>. Default null: a quarter of a window, at most 128.</summary>
        public int? Stride { get; set; }
    }

    private readonly Options _options;
    private readonly TokenLabeller _labeller;

    internal NamedEntityRecognitionTrainer(IHostEnvironment env, BertModel? model, Options options)
        : base(env, nameof(NamedEntityRecognitionTrainer), model, options = (Options)options.Copy())
    {
        _options = options;
        Host.CheckNonEmpty(options.LabelColumnName, nameof(options.LabelColumnName));
        if (options.LabelStartsColumnName is null != options.LabelEndsColumnName is null)
            throw new ArgumentException($"Of {nameof(options.LabelStartsColumnName)} and {nameof(options.LabelEndsColumnName)} one is null. Name both, or neither.", nameof(options));
        TokenClassifierSettings settings = Settings(Model, Unknown, scheme: null);
        _ = settings.Columns;
        _labeller = new TokenLabeller(Model.Tokenizer, settings.MaxLength, settings.Stride);
    }

    private bool HasSpans => _options.LabelStartsColumnName is not null;

    private protected override SchemaShape OutputsOver(SchemaShape inputSchema)
    {
        SchemaShape.Column label = EntityLabels.Find(inputSchema, _options.LabelColumnName);
        if (HasSpans)
        {
            InputColumn.FindText(inputSchema, _options.Sentence1ColumnName, nameof(_options.Sentence1ColumnName));
            SpanLabels.ColumnsOf(_options).CheckPlaces(inputSchema);
        }
        else
        {
            WordsColumn.Find(inputSchema, _options.Sentence1ColumnName, nameof(_options.Sentence1ColumnName));
        }
        return OutputShape.Add(inputSchema, [.. OutputShape.WithKeyValuesOf(label, Settings(Model, Unknown, scheme: null).Columns.Outputs)]);
    }

    private protected override BertTokenClassifierTransformer Train(IDataView input)
    {
        EntityLabels labels = Bind(input.Schema);
        if (_options.ValidationSet is { } set)
            labels.CheckSame(Bind(set.Schema));
        (TrainingRow[] rows, TrainingRow[] validation) = Read(input, ReadRows);
        if (rows.All(row => row.Targets.All(target => target == TokenClassificationObjective.Ignored || target == labels.Tags.Outside)))
            throw new InvalidOperationException($"No row has an entity in column '{labels.Column.Name}', so there is nothing to learn. Give rows with labels other than O.");

        TagScheme scheme = Repair(rows, labels);
        BertConfig config = Model.Config.WithHead(HeadKind.TokenClassification, labels.Tags.Names);
        var objective = new TokenClassificationObjective(labels.Tags.Names.Count, texts => F1Score(texts, labels.Tags));
        BertModel trained = FineTuning.Run(Host, Model, config, objective, _options, rows, validation);
        return new BertTokenClassifierTransformer(FittedEnvironment, trained, Settings(trained, labels.Values, scheme), _options.Batching);
    }

    private EntityLabels Bind(DataViewSchema schema) => HasSpans ? new SpanLabels(schema, _options) : new WordLabels(schema, _options);

    private TrainingRow[] ReadRows(IDataView data)
    {
        EntityLabels labels = Bind(data.Schema);
        using IChannel channel = Host.Start("Reading");
        var rows = new List<TrainingRow>();
        long missing = 0;
        DataScan.Run(Host, data, labels.Columns, row =>
        {
            Func<IEnumerable<TrainingRow>?> read = labels.CreateReader(row, _labeller);
            return () =>
            {
                if (read() is { } some)
                    rows.AddRange(some);
                else
                    missing++;
            };
        });
        if (missing > 0)
            channel.Warning($"Rows without labels in column '{labels.Column.Name}', which are left out: {missing}.");
        return [.. rows];
    }

    /// <summary>Finds the scheme of the labels, and repairs those that are not written in it.</summary>
    private TagScheme Repair(TrainingRow[] rows, EntityLabels labels)
    {
        TrainingRow[][] texts = [.. rows.GroupBy(row => row.Position).Select(text => text.ToArray())];
        TagScheme scheme = labels.Tags.SchemeOf(texts.Select(LabelsOf));
        long repaired = 0;
        foreach (TrainingRow[] text in texts)
        {
            int[] found = LabelsOf(text), written = labels.Tags.Write(found, scheme);
            repaired += found.Zip(written).Count(word => word.First != word.Second);
            int next = 0;
            foreach (TrainingRow row in text)
            {
                for (int token = 0; token < row.Length; token++)
                {
                    if (row.Targets[token] != TokenClassificationObjective.Ignored)
                        row.Targets[token] = written[next++];
                }
            }
        }
        using IChannel channel = Host.Start("Reading");
        channel.Info($"Labels of column '{labels.Column.Name}' are read as {scheme.ToString().ToUpperInvariant()}; {repaired} were not written in it and are repaired.");
        return scheme;

        static int[] LabelsOf(TrainingRow[] text) => [.. text.SelectMany(row => row.Targets).Where(target => target != TokenClassificationObjective.Ignored).Select(target => (int)target)];
    }

    private static double F1Score(IEnumerable<(int[] Right, int[] Predicted)> texts, TagSet tags)
    {
        var counts = new EntityCounts();
        foreach ((int[] right, int[] predicted) in texts)
            counts.Add(tags.Read(right), tags.Read(predicted));
        return counts.Micro().F1Score;
    }

    private TokenClassifierSettings Settings(BertModel model, KeyValues labels, TagScheme? scheme) => TokenClassifierSettings.Create(model, new BertTokenClassifierEstimator.Options
    {
        InputColumnName = _options.Sentence1ColumnName,
        OutputColumnName = _options.EntitiesColumnName,
        TypesColumnName = _options.EntityTypesColumnName,
        ScoresColumnName = _options.EntityScoresColumnName,
        StartsColumnName = _options.EntityStartsColumnName,
        EndsColumnName = _options.EntityEndsColumnName,
        WordLabelsColumnName = HasSpans ? null : _options.OutputColumnName,
        WordScoresColumnName = _options.ScoreColumnName,
        Aggregation = BertAggregation.First,
        Stride = _options.Stride,
        MaxLength = _options.MaxLength,
    }, labels, scheme);

    // What the labels are is known when there are data.
    private static KeyValues Unknown => KeyValues.Of(["", ""]);
}
