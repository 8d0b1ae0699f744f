using Bert.MLNet.Models;
using Bert.MLNet.Tests.Training;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using Options = Bert.MLNet.SequenceToSequenceTrainer.Options;

namespace Bert.MLNet.Tests.Tasks.SequenceToSequence;

/// <summary>A language in which every word has one translation, in the opposite order.</summary>
[Collection(UsesTorch.Name)]
public sealed class SequenceToSequenceTrainerTests : IDisposable
{
    private static readonly string[] s_words = ["good", "bad", "film", "book", "love", "hate"];
    private static readonly string[] s_translations = ["gut", "arg", "kino", "buch", "mag", "hass"];

    private static readonly BertTokenizer s_target = BertTokenizer.Create(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]",
        .. s_translations]);

    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public sealed class Row
    {
        public string Source { get; set; } = "";

        public string Target { get; set; } = "";
    }

    [Fact]
    public void A_toy_language_is_learnt_saved_and_written_by_the_fitted_step()
    {
        var reports = new List<TrainingProgress>();
        Options options = Of(Model()) with { MaxEpochs = 25, ValidationSet = Data(Rows(30, seed: 2)),
            Progress = new OnReport(reports.Add) };
        using BertSequenceToSequenceTransformer fitted = _ml.MulticlassClassification.Trainers.SequenceToSequence(options)
            .Fit(Data(Rows(240, seed: 1)));
        Row[] others = Rows(40, seed: 3);
        string[] written = [.. fitted.Transform(Data(others)).GetColumn<string>("PredictedText")];
        Assert.True(written.Zip(others).Count(pair => pair.First == pair.Second.Target) >= 36, string.Join('\n',
            written.Zip(others.Select(row => row.Target))));
        Assert.Equal("NegativeLoss", reports[^1].MetricName);
        _ml.Model.Save(fitted, Data(others).Schema, _folder["model.zip"]);
        ITransformer loaded = _ml.Model.Load(_folder["model.zip"], out _);
        using var owner = loaded as IDisposable;
        Assert.Equal(written, loaded.Transform(Data(others)).GetColumn<string>("PredictedText"));
        fitted.Model.SavePretrained(_folder["saved"]);
        BertModel again = BertModel.FromPretrained(_folder["saved"]);
        Assert.Equal((2, 8), (again.Decoder!.Generation.NumBeams, again.Decoder.Generation.MaxLength));
    }

    [Theory]
    [InlineData(BertTextMetric.Bleu, "BLEU", 0)]
    [InlineData(BertTextMetric.RougeL, "RougeL", 0)]
    [InlineData(BertTextMetric.RougeL, "RougeL", 2)]
    public void Epochs_are_compared_by_the_texts_that_the_fitted_step_writes(BertTextMetric metric, string name, int loraRank)
    {
        var reports = new List<TrainingProgress>();
        IDataView validation = Data(Rows(12, seed: 2, least: 4));
        Options options = Of(Model()) with { MaxEpochs = 4, ValidationSet = validation, ValidationMetric = metric,
            LoraRank = loraRank, Progress = new OnReport(reports.Add) };
        using BertSequenceToSequenceTransformer fitted = _ml.MulticlassClassification.Trainers.SequenceToSequence(options)
            .Fit(Data(Rows(96, seed: 1, least: 4)));
        IDataView written = fitted.Transform(validation);
        double expected = metric == BertTextMetric.Bleu
            ? _ml.MulticlassClassification.EvaluateTranslation(written, "Target", "PredictedText").Bleu.Score
            : _ml.MulticlassClassification.EvaluateSummarization(written, "Target", "PredictedText").RougeL.F1Score;
        double[] metrics = [.. reports.Select(report => report.Metric).OfType<double>()];
        Assert.Equal(4, metrics.Length);
        Assert.Equal(name, reports[^1].MetricName);
        Assert.Equal(expected, metrics.Max(), 1e-6);
        Assert.True(expected > 0);
    }

    [Fact]
    public void A_training_that_was_interrupted_ends_with_the_same_bits()
    {
        IDataView data = Data(Rows(48, seed: 1));
        Options options = Of(Model()) with { MaxEpochs = 3, ValidationFraction = 0.2, Dropout = 0.1 };
        Dictionary<string, float[]> whole = Fit(options, data);
        using var stop = new CancellationTokenSource();
        Options interrupted = options with
        {
            CheckpointFolder = _folder["checkpoints"], LoggingSteps = 1, CancellationToken = stop.Token,
            Progress = new OnReport(report =>
            {
                if (report.Step == 4)
                    stop.Cancel();
            }),
        };
        Assert.NotEqual(whole, Fit(interrupted, data));
        Assert.Equal(whole, Fit(options with { CheckpointFolder = _folder["checkpoints"] }, data));
        Assert.Equal(whole, Fit(options with { NumberOfThreads = 1 }, data));
    }

    [Fact]
    public void A_frozen_encoder_keeps_its_weights_and_adapters_change_the_layers_they_are_for()
    {
        IDataView data = Data(Rows(16, seed: 1));
        BertModel model = Model();
        Options options = Of(model) with { MaxEpochs = 1 };
        Dictionary<string, float[]> before = Values(model), frozen = Fit(options with { FreezeEncoder = true }, data);
        Assert.Equal(before.Where(IsOfEncoder).OrderBy(entry => entry.Key), frozen.Where(IsOfEncoder).OrderBy(entry => entry.Key));
        Assert.NotEqual(before["decoder.encoder.layer.0.crossattention.self.key.weight"],
            frozen["decoder.encoder.layer.0.crossattention.self.key.weight"]);
        Dictionary<string, float[]> adapted = Fit(options with { LoraRank = 2, LoraTargets = ["query"] }, data);
        Assert.NotEqual(before["encoder.layer.0.attention.self.query.weight"], adapted["encoder.layer.0.attention.self.query.weight"]);
        Assert.Equal(before["encoder.layer.0.attention.self.key.weight"], adapted["encoder.layer.0.attention.self.key.weight"]);
        Assert.NotEqual(before["decoder.embeddings.LayerNorm.bias"], adapted["decoder.embeddings.LayerNorm.bias"]);
        Dictionary<string, float[]> both = Fit(options with { LoraRank = 2, LoraTargets = ["query"], LoraDecoder = true }, data);
        Assert.Equal(
            both.Keys.Where(name => name.EndsWith(".query.weight", StringComparison.Ordinal)).Order(),
            both.Keys.Where(name => !before[name].SequenceEqual(both[name])).Order());

        bool IsOfEncoder(KeyValuePair<string, float[]> entry) => CanonicalNames.IsEncoder(entry.Key) && before.ContainsKey(entry.Key)
            && !entry.Key.StartsWith("pooler.", StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_targets_are_skipped_and_long_ones_are_cut()
    {
        Row[] rows = [new() { Source = "good", Target = "gut gut gut gut gut gut" }, new() { Source = "bad" }];
        var target = new Bert.MLNet.Tasks.SequencePairTarget(Data(rows).Schema,
            BertTrainingOptions.Resolve(Of(Model()) with { MaxTargetLength = 5 }));
        var read = new List<TrainingRow>();
        using (DataViewRowCursor cursor = Data(rows).GetRowCursor(target.Columns))
        {
            Action reader = target.CreateReader(cursor, read);
            while (cursor.MoveNext())
                reader();
        }
        var row = Assert.IsType<SequencePairRow>(Assert.Single(read));
        Assert.Equal([5, 5, 5, 3], row.Target);
        Assert.Equal([2, 5, 5, 5], row.Shifted(2).Ids);
        Assert.Contains("'Target'", target.Warning, StringComparison.Ordinal);
        Assert.Contains("'Target'", Assert.Throws<InvalidOperationException>(() => Fit(Of(Model()), Data(rows[1..]))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_options_are_refused_by_name()
    {
        foreach ((Options options, string name) in new[]
        {
            (Of(Model()) with { MaxTargetLength = 1 }, "MaxTargetLength"), (Of(Model()) with { LabelSmoothingFactor = 1 },
                "LabelSmoothingFactor"),
            (Of(Model()) with { LoraDecoder = true }, "LoraDecoder"),
            (Of(Model()) with { Generation = new() { MaxLength = 900 } }, "MaxLength"), (Of(Model()) with { LabelColumnName = "Other" },
                "LabelColumnName"),
        })
            Assert.Contains(name, Assert.ThrowsAny<ArgumentException>(() => Fit(options, Data(Rows(4, 1)))).Message,
                StringComparison.Ordinal);
        Assert.Contains("decoder", Assert.Throws<NotSupportedException>(() =>
            _ml.MulticlassClassification.Trainers.SequenceToSequence(model: new TinyCheckpoint().Load())).Message,
                StringComparison.Ordinal);
    }

    private static Options Of(BertModel model) => new()
    {
        Model = model, BatchSize = 8, LearningRate = 3e-3, Dropout = 0, LabelSmoothingFactor = 0.05, MaxTargetLength = 8,
        Generation = new() { NumBeams = 2, MaxLength = 8 },
    };

    private static BertModel Model() => new TinyCheckpoint { Layers = 1 }.Load()
        .WithDecoder(new BertDecoderOptions { Tokenizer = s_target });

    private static Row[] Rows(int count, int seed, int least = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            int[] words = [.. Enumerable.Range(0, random.Next(least, least + 3)).Select(_ => random.Next(s_words.Length))];
            return new Row
            {
                Source = string.Join(' ', words.Select(word => s_words[word])),
                Target = string.Join(' ', words.Reverse().Select(word => s_translations[word])),
            };
        })];
    }

    private IDataView Data(Row[] rows) => _ml.Data.LoadFromEnumerable(rows);

    private Dictionary<string, float[]> Fit(Options options, IDataView data)
    {
        using BertSequenceToSequenceTransformer fitted = _ml.MulticlassClassification.Trainers.SequenceToSequence(options).Fit(data);
        return Values(fitted.Model);
    }

    private static Dictionary<string, float[]> Values(BertModel model)
    {
        BertWeights weights = model.TrainableWeights!;
        return weights.Names.ToDictionary(name => name, name =>
        {
            float[] values = new float[weights[name].Count];
            weights[name].CopyTo(values);
            return values;
        });
    }
}
