using System.Runtime.CompilerServices;
using Bert.MLNet.Generation;
using Bert.MLNet.Tests.Generation;
using Bert.MLNet.Tests.Persistence;
using Microsoft.ML;
using Microsoft.ML.Data;
using Options = Bert.MLNet.BertSequenceToSequenceEstimator.Options;

namespace Bert.MLNet.Tests.Tasks.SequenceToSequence;

public sealed class BertSequenceToSequenceTests : IDisposable
{
    private static readonly string[] s_texts =
        ["the film is great", "", "i hate this phone and the battery is very poor , but the screen is good", "a book for 9 days !"];

    private static readonly BertGenerationOptions s_generation = new() { NumBeams = 3, NumReturnSequences = 3, MaxLength = 10 };

    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public sealed class Input
    {
        public string Text { get; set; } = "";
    }

    public sealed class Output
    {
        public string Written { get; set; } = "";

        public float Score { get; set; }

        public string[] Texts { get; set; } = [];

        public float[] Scores { get; set; } = [];
    }

    [Fact]
    public void Columns_hold_the_texts_and_scores_of_the_generator_in_one_view_and_alone()
    {
        using BertSequenceToSequenceTransformer transformer = Fit();
        using PredictionEngine<Input, Output> engine = _ml.Model.CreatePredictionEngine<Input, Output>(transformer);
        using var generator = new TextGenerator(TinySequences.Model);
        Output[] rows = Predict(transformer);
        for (int i = 0; i < s_texts.Length; i++)
        {
            var source = TinySequences.Source([.. TinySequences.Model.Tokenizer.Encode(s_texts[i]).Ids]);
            generator.Run([source], s_generation);
            string[] expected = [.. source.Kept.Select(text => TinySequences.Model.Decoder!.Tokenizer.Decode(text.Ids,
                skipSpecialTokens: true))];
            foreach (Output row in new[] { rows[i], engine.Predict(new Input { Text = s_texts[i] }) })
            {
                Assert.Equal(expected, row.Texts);
                Assert.Equal(expected[0], row.Written);
                Assert.All(source.Kept.Zip(row.Scores), pair => Assert.Equal(pair.First.Score, pair.Second, 1e-4));
                Assert.Equal(row.Scores[0], row.Score);
            }
        }
        Assert.Contains(rows, row => row.Written.Length > 0);
    }

    [Fact]
    public void A_fresh_process_writes_the_same_bits_and_the_promised_schema_is_the_real_one()
    {
        using BertSequenceToSequenceTransformer transformer = Fit();
        IDataView data = Data();
        _ml.Model.Save(transformer, data.Schema, _folder["model.zip"]);
        float[][] fresh = FreshProcess.Run(_folder["model.zip"], s_texts.Select(text => text + "\t"), "Scores");
        Assert.Equal(Predict(transformer).Select(row => row.Scores), fresh);
        ITransformer loaded = _ml.Model.Load(_folder["model.zip"], out _);
        using var owner = loaded as IDisposable;
        Assert.Equal(Predict(transformer).Select(row => string.Join('|', row.Texts)), Predict(loaded).Select(row => string.Join('|',
            row.Texts)));
        SchemaAssert.Agrees(
            _ml.Transforms.Text.ApplyBertSequenceToSequence(OptionsOf()).GetOutputSchema(SchemaAssert.ShapeOf(data.Schema)),
                transformer.GetOutputSchema(data.Schema));
    }

    [Fact]
    public void Batches_and_threads_do_not_change_the_texts()
    {
        using BertSequenceToSequenceTransformer whole = Fit(), single = Fit(options => options with
        {
            Batching = new BertBatchOptions { WindowSize = 2, TokenBudget = 1, NumberOfThreads = 2 },
        });
        Assert.Equal(Predict(whole).Select(row => row.Written), Predict(single).Select(row => row.Written));
    }

    [Fact]
    public void Long_sources_are_cut_or_refused_with_their_row()
    {
        using BertSequenceToSequenceTransformer cut = Fit(options => options with { MaxLength = 6 });
        using BertSequenceToSequenceTransformer refusing = Fit(options => options with { MaxLength = 6, RefuseLongTexts = true });
        using var generator = new TextGenerator(TinySequences.Model);
        var source = TinySequences.Source([.. TinySequences.Model.Tokenizer.Encode(s_texts[2],
            options: new BertEncodeOptions { MaxLength = 6, Truncation = BertTruncation.OnlyFirst }).Ids]);
        Assert.Equal(6, source.Length);
        generator.Run([source], s_generation);
        Assert.Equal(TinySequences.Model.Decoder!.Tokenizer.Decode(source.Kept[0].Ids, skipSpecialTokens: true), Predict(cut)[2].Written);
        string message = Assert.ThrowsAny<InvalidOperationException>(() => Predict(refusing)).Message;
        Assert.Contains("Row 2", message, StringComparison.Ordinal);
        Assert.Contains("RefuseLongTexts", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_context_stops_between_tokens()
    {
        using BertSequenceToSequenceTransformer transformer = Fit();
        IDataView view = transformer.Transform(Data());
        CancelExecution(_ml);
        Assert.ThrowsAny<OperationCanceledException>(() => view.GetColumn<string>("Written").ToArray());
    }

    [Fact]
    public void A_model_without_a_decoder_and_invalid_options_are_refused_by_name()
    {
        Assert.Contains("decoder", Assert.Throws<NotSupportedException>(() =>
            _ml.Transforms.Text.ApplyBertSequenceToSequence("Written", "Text", new TinyCheckpoint().Load())).Message,
                StringComparison.Ordinal);
        Assert.Contains("MaxLength", Error(options => options with { Generation = new() { MaxLength = 500 } }), StringComparison.Ordinal);
        Assert.Contains("MaxLength", Error(options => options with { MaxLength = 500 }), StringComparison.Ordinal);
        Assert.Contains("two output columns", Error(options => options with { ScoreColumnName = "Written" }),
            StringComparison.OrdinalIgnoreCase);

        string Error(Func<Options, Options> change) => Assert.ThrowsAny<ArgumentException>(() => Fit(change)).Message;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern void CancelExecution(MLContext ml);

    private IDataView Data() => _ml.Data.LoadFromEnumerable(s_texts.Select(text => new Input { Text = text }));

    private static Options OptionsOf() => new()
    {
        Model = TinySequences.Model, OutputColumnName = "Written", InputColumnName = "Text", Generation = s_generation,
            ScoreColumnName = "Score",
        TextsColumnName = "Texts", ScoresColumnName = "Scores",
    };

    private BertSequenceToSequenceTransformer Fit(Func<Options, Options>? change = null) =>
        _ml.Transforms.Text.ApplyBertSequenceToSequence(change?.Invoke(OptionsOf()) ?? OptionsOf()).Fit(Data());

    private Output[] Predict(ITransformer transformer) => [.. _ml.Data.CreateEnumerable<Output>(transformer.Transform(Data()),
        reuseRowObject: false)];
}
