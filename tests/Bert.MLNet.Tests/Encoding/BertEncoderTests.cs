using Bert.MLNet.Encoders;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Encoders;

public class BertEncoderTests
{
    private static readonly BertModel Model = new TinyCheckpoint().Load();
    private static readonly TokenRow[] Rows = TokenRow.Seeded(60);

    private static readonly BertEncoderEstimator.Options Everything = new()
    {
        HiddenStatesLayers = [0, 2],
        AttentionsLayers = [1, 0],
        Batching = new BertBatchOptions { TokenBudget = 50, WindowSize = 25 },
    };

    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Every_column_holds_what_the_encoder_computes_for_the_row_alone()
    {
        using BertEncoderTransformer encoder = Fit(Everything);
        Output[] actual = Read(encoder);
        for (int i = 0; i < Rows.Length; i++)
        {
            Output expected = Alone(Model, Rows[i]);
            Close(expected.LastHiddenState, actual[i].LastHiddenState);
            Close(expected.PoolerOutput, actual[i].PoolerOutput);
            Close(expected.HiddenStates, actual[i].HiddenStates);
            Close(expected.Attentions, actual[i].Attentions);
        }
    }

    [Fact]
    public void Dimensions_say_how_a_row_is_laid_out()
    {
        using BertEncoderTransformer encoder = Fit(Everything);
        DataViewSchema schema = encoder.GetOutputSchema(Data().Schema);
        Assert.Equal([0, 32], Dimensions(schema, "LastHiddenState"));
        Assert.Equal([32], Dimensions(schema, "PoolerOutput"));
        Assert.Equal([2, 0, 32], Dimensions(schema, "HiddenStates"));
        Assert.Equal([2, 4, 0, 0], Dimensions(schema, "Attentions"));
    }

    [Fact]
    public void Ids_of_a_known_length_give_hidden_states_of_known_size()
    {
        IDataView data = _ml.Data.LoadFromEnumerable<PaddedRow>([new() { InputIds = [2, 9, 3], AttentionMask = [1, 1, 0] }]);
        var options = new BertEncoderEstimator.Options { TokenTypeIdsColumnName = null, AttentionsLayers = [0] };
        BertEncoderEstimator estimator = _ml.Transforms.Text.ApplyBertEncoder(options with { Model = Model });
        using BertEncoderTransformer encoder = estimator.Fit(data);
        IDataView encoded = encoder.Transform(data);

        Assert.Equal([3, 32], Dimensions(encoded.Schema, "LastHiddenState"));
        Assert.Equal([1, 4, 3, 3], Dimensions(encoded.Schema, "Attentions"));
        SchemaAssert.Agrees(estimator.GetOutputSchema(SchemaAssert.ShapeOf(data.Schema)), encoded.Schema);
        Close(Alone(Model, new() { InputIds = [2, 9, 3], AttentionMask = [1, 1, 0], TokenTypeIds = [0, 0, 0] }).LastHiddenState,
            encoded.GetColumn<float[]>("LastHiddenState").Single());
    }

    [Fact]
    public void The_promised_schema_is_the_real_one()
    {
        BertEncoderEstimator estimator = _ml.Transforms.Text.ApplyBertEncoder(Everything with { Model = Model });
        using BertEncoderTransformer encoder = estimator.Fit(Data());
        SchemaAssert.Agrees(estimator.GetOutputSchema(SchemaAssert.ShapeOf(Data().Schema)), encoder.Transform(Data()).Schema);
    }

    [Fact]
    public void Columns_of_Int32_and_masks_that_are_left_out_give_the_same_numbers()
    {
        using BertEncoderTransformer longs = Fit(new());
        TokenRow[] rows = [.. Rows.Select(
            row => new TokenRow
            {
                InputIds = row.InputIds,
                AttentionMask = [.. row.InputIds.Select(_ => 1L)],
                TokenTypeIds = [.. row.InputIds.Select(_ => 0L)],
            })];
        IDataView ints = _ml.Data.LoadFromEnumerable(rows.Select(row => new IntRow { Tokens = [.. row.InputIds.Select(id => (int)id)] }));

        using BertEncoderTransformer encoder =
            _ml.Transforms.Text.ApplyBertEncoder(
                model: Model, inputIdsColumnName: "Tokens", attentionMaskColumnName: null, tokenTypeIdsColumnName: null).Fit(ints);
        Assert.Equal(
            longs.Transform(_ml.Data.LoadFromEnumerable(rows)).GetColumn<float[]>("LastHiddenState"),
            encoder.Transform(ints).GetColumn<float[]>("LastHiddenState"));
    }

    [Fact]
    public void The_pooler_comes_by_itself_where_there_is_one_and_is_refused_where_there_is_none()
    {
        BertModel distilled = new TinyCheckpoint { Architecture = "DistilBertModel" }.Load();
        using BertEncoderTransformer encoder = _ml.Transforms.Text.ApplyBertEncoder(model: distilled).Fit(Data());
        Assert.Null(encoder.GetOutputSchema(Data().Schema).GetColumnOrNull("PoolerOutput"));
        Assert.Contains("no pooler",
            Assert.Throws<NotSupportedException>(
            () => _ml.Transforms.Text.ApplyBertEncoder(model: distilled, poolerOutputColumnName: "Pooled")).Message,
                StringComparison.Ordinal);

        using BertEncoderTransformer declined = Fit(new() { PoolerOutputColumnName = "" });
        Assert.Null(declined.GetOutputSchema(Data().Schema).GetColumnOrNull("PoolerOutput"));
    }

    [Fact]
    public void Options_that_cannot_be_are_refused_by_name()
    {
        void Refused<T>(string words, BertEncoderEstimator.Options options)
            where T : Exception =>
                Assert.Contains(words, Assert.Throws<T>(() => _ml.Transforms.Text.ApplyBertEncoder(options with { Model = Model })).Message,
                    StringComparison.Ordinal);

        Refused<ArgumentException>("InputIdsColumnName", new() { InputIdsColumnName = "" });
        Refused<ArgumentException>("No output", new() { LastHiddenStateColumnName = null, PoolerOutputColumnName = "" });
        Refused<ArgumentException>("'Same'", new() { LastHiddenStateColumnName = "Same", PoolerOutputColumnName = "Same" });
        Refused<NotSupportedException>("to 2 (its last layer), not 3", new() { HiddenStatesLayers = [3] });
        Refused<NotSupportedException>("layers 0 to 1, not -1", new() { AttentionsLayers = [-1] });
    }

    [Fact]
    public void A_missing_or_wrongly_typed_column_is_named_before_any_work()
    {
        IDataView texts = _ml.Data.LoadFromEnumerable(new[] { new { InputIds = "text" } });
        BertEncoderEstimator estimator = _ml.Transforms.Text.ApplyBertEncoder(model: Model);
        foreach (Action act in (Action[])[() => estimator.Fit(texts), () => estimator.GetOutputSchema(SchemaAssert.ShapeOf(texts.Schema))])
            Assert.Contains("'InputIds'", Assert.Throws<ArgumentOutOfRangeException>(act).Message, StringComparison.Ordinal);

        IDataView noMask = _ml.Data.LoadFromEnumerable(new[] { new { InputIds = new long[] { 1 } } });
        foreach (Action act in (Action[])[() => estimator.Fit(noMask),
            () => estimator.GetOutputSchema(SchemaAssert.ShapeOf(noMask.Schema))])
            Assert.Contains("AttentionMaskColumnName", Assert.Throws<ArgumentOutOfRangeException>(act).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no tokens", new long[0], new long[0])]
    [InlineData("'AttentionMask' has 1 values for 2 tokens", new long[] { 2, 3 }, new long[] { 1 })]
    [InlineData("another checkpoint", new long[] { 2, 99999 }, new long[] { 1, 1 })]
    public void A_row_that_cannot_be_encoded_is_named(string words, long[] ids, long[] mask)
    {
        IDataView data = _ml.Data.LoadFromEnumerable(
            Rows.Take(3).Append(new TokenRow { InputIds = ids, AttentionMask = mask, TokenTypeIds = new long[ids.Length] }));
        using BertEncoderTransformer encoder = Fit(new());
        string message = Assert.ThrowsAny<Exception>(() => encoder.Transform(data).GetColumn<float[]>("LastHiddenState").ToArray()).Message;
        Assert.Contains($"Row 3, column 'InputIds' ({ids.Length} tokens)", message, StringComparison.Ordinal);
        Assert.Contains(words, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_saved_and_loaded_encoder_gives_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        using BertEncoderTransformer encoder = Fit(Everything);
        _ml.Model.Save(encoder, Data().Schema, folder["model.zip"]);
        using var loaded = (IDisposable)new MLContext().Model.Load(folder["model.zip"], out _);

        foreach ((Output before, Output after) in Read(encoder).Zip(Read((ITransformer)loaded)))
        {
            Assert.Equal(before.LastHiddenState, after.LastHiddenState);
            Assert.Equal(before.PoolerOutput, after.PoolerOutput);
            Assert.Equal(before.HiddenStates, after.HiddenStates);
            Assert.Equal(before.Attentions, after.Attentions);
        }
    }

    [Fact]
    public void Prediction_engines_on_eight_threads_get_what_one_gets()
    {
        using BertEncoderTransformer encoder = Fit(Everything);
        Output[] expected = [.. Rows.Select(row => Alone(Model, row))];
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            using PredictionEngine<TokenRow, Output> engine =
                _ml.Model.CreatePredictionEngine<TokenRow, Output>(encoder, new PredictionEngineOptions { OwnsTransformer = false });
            for (int i = 0; i < 300; i++)
            {
                Output actual = engine.Predict(Rows[i % Rows.Length]);
                Assert.Equal(expected[i % Rows.Length].LastHiddenState, actual.LastHiddenState);
                Assert.Equal(expected[i % Rows.Length].Attentions, actual.Attentions);
            }
        });
    }

    [Fact]
    public void A_disposed_encoder_says_so_and_leaves_others_on_the_model_alone()
    {
        BertEncoderTransformer one = Fit(new());
        using BertEncoderTransformer other = Fit(new());
        IDataView encoded = one.Transform(Data());
        one.Dispose();
        one.Dispose();
        Assert.Throws<ObjectDisposedException>(() => encoded.GetColumn<float[]>("LastHiddenState").ToArray());
        Assert.Equal(Rows.Length, other.Transform(Data()).GetColumn<float[]>("LastHiddenState").Count());
    }

    public class Output
    {
        public float[] LastHiddenState { get; set; } = [];

        public float[] PoolerOutput { get; set; } = [];

        public float[] HiddenStates { get; set; } = [];

        public float[] Attentions { get; set; } = [];
    }

    private sealed class IntRow
    {
        public int[] Tokens { get; set; } = [];
    }

    private sealed class PaddedRow
    {
        [VectorType(3)]
        public long[] InputIds { get; set; } = [];

        [VectorType(3)]
        public long[] AttentionMask { get; set; } = [];
    }

    private IDataView Data() => _ml.Data.LoadFromEnumerable(Rows);

    private BertEncoderTransformer Fit(BertEncoderEstimator.Options options) =>
        _ml.Transforms.Text.ApplyBertEncoder(options with { Model = Model }).Fit(Data());

    private Output[] Read(ITransformer encoder) => [.. _ml.Data.CreateEnumerable<Output>(encoder.Transform(Data()), reuseRowObject: false)];

    private static Output Alone(BertModel model, TokenRow row)
    {
        EncoderOutput[] outputs =
            [EncoderOutput.LastHiddenState, EncoderOutput.PoolerOutput, EncoderOutput.HiddenStates(0), EncoderOutput.HiddenStates(2),
                EncoderOutput.Attentions(1), EncoderOutput.Attentions(0)];
        using EncoderSession session = EncoderSession.Acquire(model, new(outputs));
        using EncoderBatch batch = session.Rent(1, row.InputIds.Length);
        row.InputIds.CopyTo(batch.InputIds(0));
        row.AttentionMask.CopyTo(batch.AttentionMask(0));
        row.TokenTypeIds.CopyTo(batch.TokenTypeIds(0));
        batch.Run();
        return new Output
        {
            LastHiddenState = batch.Output(0, 0).ToArray(),
            PoolerOutput = batch.Output(1, 0).ToArray(),
            HiddenStates = [.. batch.Output(2, 0), .. batch.Output(3, 0)],
            Attentions = [.. batch.Output(4, 0), .. batch.Output(5, 0)],
        };
    }

    private static void Close(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 2e-5f);
    }

    private static int[] Dimensions(DataViewSchema schema, string column) => [.. ((VectorDataViewType)schema[column].Type).Dimensions];
}
