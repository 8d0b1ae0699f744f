using Bert.MLNet.Pooling;
using Bert.MLNet.Tests.Encoders;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Pooling;

public class BertPoolingTests
{
    private static readonly BertModel Model = new TinyCheckpoint().Load();
    private static readonly TokenRow[] Rows = TokenRow.Seeded(40);

    private readonly MLContext _ml = new(seed: 1);

    public static TheoryData<BertPooling, bool> Ways =>
    [
        (BertPooling.Cls, false), (BertPooling.Max, false), (BertPooling.Mean, true), (BertPooling.MeanSqrtLength, false),
        (BertPooling.LastLayersMean, true),
        (BertPooling.Cls | BertPooling.Max | BertPooling.Mean | BertPooling.MeanSqrtLength | BertPooling.LastLayersMean, true),
    ];

    [Theory, MemberData(nameof(Ways))]
    public void The_column_holds_the_pooled_hidden_states_of_its_row(BertPooling pooling, bool normalize)
    {
        IDataView encoded = Encode(out BertEncoderTransformer encoder);
        using (encoder)
        {
            BertPoolingEstimator estimator =
                _ml.Transforms.Text.ApplyBertPooling(
                    new BertPoolingEstimator.Options
                    {
                        OutputColumnName = "Vector",
                        Pooling = pooling,
                        Normalize = normalize,
                        NumberOfLastLayers = 2,
                    });
            IDataView pooled = estimator.Fit(encoded).Transform(encoded);
            float[][] last = [.. encoded.GetColumn<float[]>("LastHiddenState")], layers = [.. encoded.GetColumn<float[]>("HiddenStates")];

            SchemaAssert.Agrees(estimator.GetOutputSchema(SchemaAssert.ShapeOf(encoded.Schema)), pooled.Schema);
            int row = 0;
            foreach (float[] actual in pooled.GetColumn<float[]>("Vector"))
            {
                float[] expected = new float[HiddenStatePooler.Size(pooling, 32)];
                HiddenStatePooler.Pool(pooling, normalize, 32, last[row], layers[row].AsSpan(layers[row].Length / 3),
                    Rows[row].AttentionMask, [], cls: 0, expected);
                Assert.Equal(expected, actual);
                row++;
            }
            Assert.Equal(Rows.Length, row);
        }
    }

    [Fact]
    public void A_chain_to_a_trainer_saves_loads_and_predicts_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        IDataView data = _ml.Data.LoadFromEnumerable(Rows);
        using var chain = _ml.Transforms.Text.ApplyBertEncoder(model: Model)
            .Append(_ml.Transforms.Text.ApplyBertPooling("Features", BertPooling.Mean | BertPooling.Cls, normalize: true)).Fit(data);
        _ml.Model.Save(chain, data.Schema, folder["model.zip"]);
        ITransformer loaded = new MLContext().Model.Load(folder["model.zip"], out _);
        using var disposable = (IDisposable)loaded;

        float[][] before = [.. chain.Transform(data).GetColumn<float[]>("Features")];
        Assert.Equal(before, loaded.Transform(data).GetColumn<float[]>("Features"));
        Assert.Equal(64, ((VectorDataViewType)loaded.GetOutputSchema(data.Schema)["Features"].Type).Size);

        using PredictionEngine<TokenRow, Vector> engine = _ml.Model.CreatePredictionEngine<TokenRow, Vector>(loaded);
        for (int i = 0; i < Rows.Length; i++)
        {
            float[] single = engine.Predict(Rows[i]).Features;
            for (int j = 0; j < single.Length; j++)
                Assert.Equal(before[i][j], single[j], 1e-5f);
        }
    }

    [Fact]
    public void Without_a_mask_every_token_counts()
    {
        IDataView encoded = Encode(out BertEncoderTransformer encoder);
        using (encoder)
        {
            IDataView pooled = _ml.Transforms.Text.ApplyBertPooling("Vector", attentionMaskColumnName: null).Fit(encoded)
                .Transform(encoded);
            foreach ((float[] states, float[] vector) in encoded.GetColumn<float[]>("LastHiddenState")
                .Zip(pooled.GetColumn<float[]>("Vector")))
                Assert.Equal(states.Where((_, i) => i % 32 == 7).Average(), vector[7], 1e-5f);
        }
    }

    [Fact]
    public void Tokens_count_as_much_as_their_weight_also_after_loading()
    {
        float[] weights = [.. Enumerable.Range(0, Model.Tokenizer.Vocabulary.Size).Select(id => id % 7 / 3f)];
        IDataView encoded = Encode(out BertEncoderTransformer encoder);
        using (encoder)
        {
            using var folder = new TemporaryFolder();
            BertPoolingTransformer pooling =
                _ml.Transforms.Text.ApplyBertPooling(
                    new BertPoolingEstimator.Options { OutputColumnName = "Vector", TokenWeights = weights }).Fit(encoded);
            _ml.Model.Save(pooling, encoded.Schema, folder["model.zip"]);
            float[][] vectors = [.. pooling.Transform(encoded).GetColumn<float[]>("Vector")];
            float[][] states = [.. encoded.GetColumn<float[]>("LastHiddenState")];
            for (int row = 0; row < Rows.Length; row++)
            {
                double[] counts = [.. Rows[row].InputIds.Zip(Rows[row].AttentionMask, (id, mask) => mask * (double)weights[id])];
                double expected = counts.Select((count, token) => count * states[row][token * 32 + 5]).Sum() / Math.Max(counts.Sum(), 1e-9);
                Assert.Equal(expected, vectors[row][5], 1e-5);
            }
            Assert.Equal(vectors, _ml.Model.Load(folder["model.zip"], out _).Transform(encoded).GetColumn<float[]>("Vector"));

            IDataView tooFew = _ml.Transforms.Text.ApplyBertPooling(new BertPoolingEstimator.Options { TokenWeights = weights[..3] })
                .Fit(encoded).Transform(encoded);
            Assert.Contains("TokenWeights has 3 weights",
                Assert.ThrowsAny<Exception>(() => tooFew.GetColumn<float[]>("Features").ToArray()).ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Columns_and_options_that_do_not_fit_are_named()
    {
        IDataView encoded = Encode(out BertEncoderTransformer encoder);
        using (encoder)
        {
            void Refused(string words, BertPoolingEstimator.Options options) =>
                Assert.Contains(words, Assert.ThrowsAny<ArgumentException>(() => _ml.Transforms.Text.ApplyBertPooling(options).Fit(encoded))
                    .Message, StringComparison.Ordinal);

            Refused("Pooling is None", new() { Pooling = BertPooling.None });
            Refused("OutputColumnName is empty", new() { OutputColumnName = "" });
            Refused("'Nowhere'", new() { InputColumnName = "Nowhere" });
            Refused("[length, hidden size]", new() { InputColumnName = "PoolerOutput" });
            Refused("[length, hidden size]", new() { InputColumnName = "InputIds" });
            Refused("'LastHiddenState'", new() { AttentionMaskColumnName = "LastHiddenState" });
            Refused("has 3 layers, but NumberOfLastLayers is 4", new() { Pooling = BertPooling.LastLayersMean });
            Refused("'Ids'", new() { TokenWeights = [1], InputIdsColumnName = "Ids" });
            Refused("TokenWeights has a value that is not a number of at least 0", new() { TokenWeights = [1, -1] });
            Refused("NumberOfLastLayers is 0", new() { Pooling = BertPooling.LastLayersMean, NumberOfLastLayers = 0 });

            SchemaShape shape = SchemaAssert.ShapeOf(encoded.Schema);
            Assert.Contains("'Nowhere'",
                Assert.Throws<ArgumentOutOfRangeException>(
                () => _ml.Transforms.Text.ApplyBertPooling("Vector", inputColumnName: "Nowhere").GetOutputSchema(shape)).Message,
                    StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_mask_of_another_length_is_named_with_its_row()
    {
        IDataView encoded = Encode(out BertEncoderTransformer encoder);
        using (encoder)
        {
            IDataView masked = _ml.Transforms.CustomMapping<TokenRow, Masked>((row, masked) => masked.Mask = [1L], null).Fit(encoded)
                .Transform(encoded);
            IDataView pooled = _ml.Transforms.Text.ApplyBertPooling("Vector", attentionMaskColumnName: "Mask").Fit(masked)
                .Transform(masked);
            Assert.Contains("1 values in column 'Mask'",
                Assert.ThrowsAny<Exception>(() => pooled.GetColumn<float[]>("Vector").ToArray()).ToString(), StringComparison.Ordinal);
        }
    }

    private sealed class Vector
    {
        public float[] Features { get; set; } = [];
    }

    private sealed class Masked
    {
        public long[] Mask { get; set; } = [];
    }

    private IDataView Encode(out BertEncoderTransformer encoder)
    {
        IDataView data = _ml.Data.LoadFromEnumerable(Rows);
        encoder = _ml.Transforms.Text.ApplyBertEncoder(new BertEncoderEstimator.Options { Model = Model, HiddenStatesLayers = [0, 1, 2] })
            .Fit(data);
        return encoder.Transform(data);
    }
}
