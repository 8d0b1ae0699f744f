using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bert.MLNet.Encoders;
using Bert.MLNet.Models;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace Bert.MLNet.Tests.Encoders;

/// <summary>
/// The switch is the whole process's, so these run beside no others. It is on only while what is compared with a whole model is read.
/// </summary>
[CollectionDefinition(nameof(InferenceOnlyTests), DisableParallelization = true)]
[Collection(nameof(InferenceOnlyTests))]
public sealed class InferenceOnlyTests
{
    private const string Matrix = "encoder.layer.0.intermediate.dense.weight";
    private static readonly int[] s_ids = [2, 17, 40, 88, 90, 3, 55, 61, 3];

    [Theory]
    [InlineData("BertModel", "F32", false), InlineData("BertModel", "BF16", false), InlineData("DistilBertModel", "F32", false),
        InlineData("MPNetModel", "F32", false), InlineData("RobertaModel", "F32", false), InlineData("AlbertModel", "F32", false),
        InlineData("BertModel", "F32", true)]
    [InlineData("ModernBertModel", "F32", false), InlineData("DebertaV2Model", "F32", false), InlineData("NomicBertModel", "F32", false)]
    [InlineData("BertModel", "F32", true, true)]
    public void Matrices_go_at_the_first_prediction_and_no_result_changes(
        string architecture, string type, bool isQuantized, bool isUnsigned = false)
    {
        using var folder = new TemporaryFolder();
        BertModel whole = new TinyCheckpoint { Architecture = architecture, Type = Enum.Parse<TensorType>(type) }.Load();
        whole = isQuantized ? whole.Quantize() : whole;
        whole.SavePretrained(folder.Path);
        BertModel read = Read(() => BertModel.FromPretrained(folder.Path));
        WeakReference block = Block(read);
        using EncoderSession expected = EncoderSession.Acquire(whole, new(EncoderOutput.LastHiddenState));
        using EncoderSession session =
            IntegerForm.With(isUnsigned ? true : null, () => EncoderSession.Acquire(read, new(EncoderOutput.LastHiddenState)));

        Assert.Equal(Bytes(whole), Bytes(read));
        for (int run = 0; run < 3; run++)
            Assert.Equal(Run(expected), Run(session));

        Assert.False(block.IsAlive);
        Assert.True(read.Weights!["embeddings.word_embeddings.weight"].Bytes.Length > 0);
        Refused(() => Bytes(read));
        Refused(() => read.SavePretrained(folder.Path));
        Refused(() => EncoderSession.Acquire(read, new(EncoderOutput.HiddenStates(1))));
        // the one that was read without the switch has predicted as well
        Assert.Equal(Bytes(whole), Bytes(BertModel.FromPretrained(folder.Path)));
    }

    [Fact]
    public void Sessions_that_were_open_before_share_what_is_packed_also_when_they_are_of_another_pooling()
    {
        using var folder = new TemporaryFolder();
        new TinyCheckpoint().Load().SavePretrained(folder.Path);
        BertModel model = Read(() => BertModel.FromPretrained(folder.Path)),
            other = model.WithSentence(model.Sentence with { Pooling = BertPooling.Max });
        using EncoderSession pooled = EncoderSession.Acquire(model, new(EncoderOutput.PoolerOutput)),
            all = EncoderSession.Acquire(model, new(EncoderOutput.LastHiddenState));
        using EncoderSession third = EncoderSession.Acquire(other, new(EncoderOutput.LastHiddenState));
        using EncoderSession expected = EncoderSession.Acquire(BertModel.FromPretrained(folder.Path), new(EncoderOutput.LastHiddenState));
        Run(pooled);
        Assert.Equal(Run(expected), Run(all));
        Assert.Equal(Run(expected), Run(third));
        Refused(() => EncoderSession.Acquire(model, new(EncoderOutput.HiddenStates(1))));
    }

    [Fact]
    public void A_pipeline_from_a_zip_predicts_as_before_and_a_save_is_refused()
    {
        using var folder = new TemporaryFolder();
        string file = System.IO.Path.Combine(folder.Path, "model.zip"), copy = System.IO.Path.Combine(folder.Path, "copy.zip");
        var ml = new MLContext(1);
        IDataView data = ml.Data.LoadFromEnumerable(new[] { new Row { Text = "one two" }, new Row { Text = "three" } });
        using BertEmbeddingTransformer made =
            ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", new TinyCheckpoint().Load()).Fit(data);
        ml.Model.Save(made, data.Schema, file);

        ITransformer loaded = Read(() => ml.Model.Load(file, out _));
        ml.Model.Save(loaded, data.Schema, copy); // it has not predicted yet
        Assert.Equal(made.Transform(data).GetColumn<float[]>("Features"), loaded.Transform(data).GetColumn<float[]>("Features"));
        Refused(() => ml.Model.Save(loaded, data.Schema, copy));
        Assert.Equal(made.Transform(data).GetColumn<float[]>("Features"), loaded.Transform(data).GetColumn<float[]>("Features"));
    }

    [Fact]
    public void A_model_that_was_not_read_stays_whole()
    {
        BertModel model = new TinyCheckpoint().Load();
        BertModel trained = Read(
            () => new BertModel(model.Config, model.Tokenizer,
                BertWeights.Create(model.Weights!.Names.Select(name => model.Weights[name].Rename(name)))));
        using EncoderSession session = EncoderSession.Acquire(trained, new(EncoderOutput.LastHiddenState));
        Run(session);
        Assert.Equal(Bytes(model), Bytes(trained));
        EncoderSession.Acquire(trained, new(EncoderOutput.HiddenStates(1))).Dispose();
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void Whether_ONNX_Runtime_reads_a_matrix_that_it_was_given_is_found_out(int elementType)
    {
        var weight = new GraphWeight("weight", elementType, IsTransposed: elementType != 1, [24, 40]);
        using var usual = new SessionOptions { IntraOpNumThreads = 1 };
        Assert.True(PackedMatrices.AreEnough(weight, usual));
        using var unpacked = new SessionOptions { IntraOpNumThreads = 1 };
        unpacked.AddSessionConfigEntry("session.disable_prepacking", "1");
        Assert.False(PackedMatrices.AreEnough(weight, unpacked));
    }

    private static T Read<T>(Func<T> read)
    {
        AppContext.SetSwitch("Bert.MLNet.InferenceOnly", true);
        try
        {
            return read();
        }
        finally
        {
            AppContext.SetSwitch("Bert.MLNet.InferenceOnly", false);
        }
    }

    // No variable of a test keeps the memory alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte[] Bytes(BertModel model) => model.Weights![Matrix].Bytes.ToArray();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Block(BertModel model)
    {
        MemoryMarshal.TryGetArray(model.Weights![Matrix].Bytes, out ArraySegment<byte> memory);
        return new WeakReference(memory.Array);
    }

    private static void Refused(Action action) =>
        Assert.Contains("Bert.MLNet.InferenceOnly", Assert.Throws<InvalidOperationException>(action).Message, StringComparison.Ordinal);

    private static float[] Run(EncoderSession session)
    {
        using EncoderBatch batch = session.Rent(1, s_ids.Length);
        batch.Fill(0, s_ids, 6);
        batch.Run();
        return batch.Output(0, 0).ToArray();
    }

    private sealed class Row
    {
        public string Text { get; set; } = "";
    }
}
