using System.Runtime.CompilerServices;
using Bert.MLNet.Encoders;
using Bert.MLNet.Models;
using Bert.MLNet.Tasks;

namespace Bert.MLNet.Tests.Encoders;

public class EncoderSessionTests
{
    private static readonly int[] Ids = [2, 17, 40, 88, 90, 3, 55, 61, 3];
    private static readonly int PairStart = 6;

    [Theory]
    [InlineData("BertModel", "F32"), InlineData("BertModel", "F16"), InlineData("BertModel", "BF16")]
    [InlineData("BertForMaskedLM", "F32")]
    public void Every_layer_equals_a_plain_computation(string architecture, string type) =>
        CheckLayers(new TinyCheckpoint { Architecture = architecture, Type = Enum.Parse<TensorType>(type) }.Load());

    [Theory]
    [InlineData("gelu"), InlineData("gelu_new"), InlineData("gelu_pytorch_tanh"), InlineData("gelu_fast"), InlineData("quick_gelu")]
    [InlineData("relu"), InlineData("silu"), InlineData("swish"), InlineData("tanh")]
    public void Every_activation_equals_a_plain_computation(string activation) =>
        CheckLayers(new TinyCheckpoint { ExtraConfig = new() { ["hidden_act"] = activation, ["layer_norm_eps"] = 1e-3 } }.Load());

    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void Every_layer_of_every_family_equals_a_plain_computation(string family) => CheckLayers(EveryFamily.Checkpoint(family).Load());

    private static void CheckLayers(BertModel model)
    {
        int layers = model.Config.NumHiddenLayers;
        using EncoderSession session =
            EncoderSession.Acquire(model,
                new([.. Enumerable.Range(0, layers + 1).Select(EncoderOutput.HiddenStates), EncoderOutput.LastLayersMean(2)]));
        using EncoderBatch batch = session.Rent(2, Ids.Length + 5);
        batch.Fill(1, Ids, PairStart);
        batch.Run();

        double[][][] expected = new PlainBert(model).HiddenStates(Ids, [.. Ids.Select((_, i) => i < PairStart ? 0 : 1)]);
        for (int layer = 0; layer <= layers; layer++)
            CheckTokens(expected[layer], batch.Output(layer, 1));
        CheckTokens([.. expected[^1].Zip(expected[^2], (a, b) => a.Zip(b, (x, y) => (x + y) / 2).ToArray())], batch.Output(layers + 1, 1));
    }

    private static void CheckTokens(double[][] expected, ReadOnlySpan<float> actual)
    {
        int i = 0;
        foreach (double value in expected.SelectMany(row => row))
            Assert.Equal(value, actual[i++], 2e-5);
    }

    /// <summary>Where the outputs read the first tokens alone, or those that are asked for, the last layer computes no others.</summary>
    [Theory]
    [InlineData("BertForSequenceClassification", false, "SequenceLogits"),
        InlineData("DistilBertForSequenceClassification", false, "SequenceLogits")]
    [InlineData("BertForSequenceClassification", true, "SequenceLogits"), InlineData("BertModel", false, "PoolerOutput"),
        InlineData("BertModel", false, "FirstHiddenState")]
    [InlineData("BertForMaskedLM", false, "MaskedWordLogits"), InlineData("BertForMaskedLM", true, "MaskedWordLogits")]
    public void Tokens_that_an_output_reads_are_what_they_are_among_all(string architecture, bool isQuantized, string kind)
    {
        BertModel model = new TinyCheckpoint { Architecture = architecture }.Load();
        model = isQuantized ? model.Quantize() : model;
        var output = new EncoderOutput(Enum.Parse<EncoderOutputKind>(kind));
        using EncoderSession alone = EncoderSession.Acquire(model, new(output)),
            amongAll = EncoderSession.Acquire(model, new(EncoderOutput.LastHiddenState, output));

        float[][] expected = Rows(amongAll, 1), actual = Rows(alone, 0);
        Assert.Contains(expected.SelectMany(row => row), value => Math.Abs(value) > 0.01);
        // In int8 the last layer's numbers are quantized with scales of their own.
        Assert.All(expected.Zip(actual),
            rows => Assert.All(rows.First.Zip(rows.Second), pair => Assert.Equal(pair.First, pair.Second, isQuantized ? 0.05 : 2e-6)));

        float[][] Rows(EncoderSession session, int index)
        {
            bool asks = kind == nameof(EncoderOutputKind.MaskedWordLogits);
            using EncoderBatch batch = session.Rent(2, Ids.Length + 5, asks ? 3 : 0);
            batch.Fill(0, Ids.AsSpan(0, 5), 5);
            batch.Fill(1, Ids, PairStart);
            if (asks)
                ((ReadOnlySpan<long>)[1, 3, Ids.Length + 5 + 7]).CopyTo(batch.MaskedPositions);
            batch.Run();
            return [.. Enumerable.Range(0, asks ? 3 : 2).Select(row => batch.Output(index, row).ToArray())];
        }
    }

    [Fact]
    public void Sessions_on_one_model_share_what_they_can_and_are_counted()
    {
        BertModel model = new TinyCheckpoint().Load();
        EncoderSession first = EncoderSession.Acquire(model, new(EncoderOutput.LastHiddenState));
        EncoderSession second = EncoderSession.Acquire(model, new(EncoderOutput.LastHiddenState));
        EncoderSession other = EncoderSession.Acquire(model, new(EncoderOutput.LastHiddenState, EncoderOutput.PoolerOutput));
        float[] expected = Run(first);

        Assert.Same(first.Outputs, second.Outputs);
        first.Dispose();
        first.Dispose();
        Assert.Throws<ObjectDisposedException>(() => first.Rent(1, 4));
        Assert.Equal(expected, Run(second));
        second.Dispose();
        Assert.Equal(expected, Run(other));
        other.Dispose();

        using EncoderSession again = EncoderSession.Acquire(model, new(EncoderOutput.LastHiddenState));
        Assert.NotSame(first.Outputs, again.Outputs);
        Assert.Equal(expected, Run(again));
    }

    [Fact]
    public void A_session_that_cannot_be_opened_leaves_nothing_behind_and_does_not_disturb_the_others()
    {
        BertModel model = new TinyCheckpoint { Type = TensorType.F16 }.Load();
        AssertFails();
        Assert.Null(WeightsOf(SharedEncoders.Of(model)));

        using EncoderSession open = EncoderSession.Acquire(model, new(EncoderOutput.LastHiddenState));
        float[] expected = Run(open);
        AssertFails();
        Assert.Equal(expected, Run(open));
        open.Dispose();
        Assert.Null(WeightsOf(SharedEncoders.Of(model)));

        void AssertFails() =>
            Assert.Throws<ArgumentOutOfRangeException>(() => EncoderSession.Acquire(model, new(new EncoderOutput((EncoderOutputKind)99))));
    }

    [Fact]
    public void A_task_that_cannot_be_made_leaves_no_session_open()
    {
        using var folder = new TemporaryFolder();
        string path = new TinyCheckpoint { Architecture = "BertForMaskedLM" }.Write(folder.Path);
        foreach (string file in (string[])["vocab.txt", "special_tokens_map.json"])
            File.WriteAllText(Path.Combine(path, file),
                File.ReadAllText(Path.Combine(path, file)).Replace("[MASK]", "[OTHER]").Replace("mask_token", "other"));
        BertModel model = BertModel.FromPretrained(path);
        Assert.Throws<ArgumentException>(() => new MaskedWordsTask(model, 0.15, 1));
        Assert.Null(WeightsOf(SharedEncoders.Of(model)));
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_weights")]
    private static extern ref EncoderWeights? WeightsOf(SharedEncoders encoders);

    [Fact]
    public void A_batch_under_way_outlives_its_session()
    {
        EncoderSession session = EncoderSession.Acquire(new TinyCheckpoint().Load(), new(EncoderOutput.LastHiddenState));
        float[] expected = Run(session);
        using EncoderBatch batch = session.Rent(1, Ids.Length);
        session.Dispose();
        batch.Fill(0, Ids, PairStart);
        batch.Run();
        Assert.Equal(expected, batch.Output(0, 0).ToArray());
    }

    [Fact]
    public void Threads_that_open_and_close_sessions_at_the_same_time_do_not_disturb_each_other()
    {
        BertModel model = new TinyCheckpoint { Type = TensorType.F16 }.Load();
        using EncoderSession one = EncoderSession.Acquire(model, new(EncoderOutput.HiddenStates(1)));
        float[] first = Run(one);
        one.Dispose();
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            using EncoderSession session =
                EncoderSession.Acquire(model,
                    i % 3 == 0 ? new(EncoderOutput.HiddenStates(1), EncoderOutput.PoolerOutput) : new(EncoderOutput.HiddenStates(1)));
            Assert.Equal(first, Run(session));
        });
    }

    [Fact]
    public void Threads_with_batches_of_every_shape_get_what_one_thread_gets()
    {
        using EncoderSession session =
            EncoderSession.Acquire(new TinyCheckpoint().Load(),
                new(EncoderOutput.LastHiddenState, EncoderOutput.PoolerOutput, EncoderOutput.Attentions(1)));
        float[] Results(int seed)
        {
            int rows = 1 + seed % 5, length = Ids.Length + seed % 7;
            using EncoderBatch batch = session.Rent(rows, length);
            for (int i = 0; i < rows; i++)
                batch.Fill(i, Ids.AsSpan(0, 1 + (seed + i) % Ids.Length), 1);
            batch.Run();
            return [.. Enumerable.Range(0, 3)
                .SelectMany(output => Enumerable.Range(0, rows).SelectMany(row => batch.Output(output, row).ToArray()))];
        }
        float[][] expected = [.. Enumerable.Range(0, 35).Select(Results)];
        Parallel.For(0, 8 * 100, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => Assert.Equal(expected[i % 35], Results(i % 35)));
    }

    [Fact]
    public void A_run_makes_little_garbage()
    {
        using EncoderSession session = EncoderSession.Acquire(new TinyCheckpoint().Load(), new(EncoderOutput.LastHiddenState));
        long Garbage(int runs)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < runs; i++)
            {
                using EncoderBatch batch = session.Rent(1, 5 + i % 5);
                batch.Fill(0, Ids.AsSpan(0, 5), 5);
                batch.Run();
            }
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Garbage(50);
        Assert.InRange(Garbage(100) / 100, 0, 2500);
    }

    [Fact]
    public void What_a_checkpoint_lacks_is_refused_by_name()
    {
        BertModel model = new TinyCheckpoint { Architecture = "DistilBertModel" }.Load();
        void Refused(EncoderOutput output, string words) =>
            Assert.Contains(words, Assert.Throws<NotSupportedException>(() => EncoderSession.Acquire(model, new(output))).Message,
                StringComparison.Ordinal);

        Refused(EncoderOutput.PoolerOutput, "no pooler");
        Refused(EncoderOutput.HiddenStates(3), "0 (its embeddings) to 2");
        Refused(EncoderOutput.Attentions(2), "layers 0 to 1");
        Refused(EncoderOutput.LastLayersMean(4), "1 to 3");
    }

    [Fact]
    public void Rows_that_do_not_fit_the_checkpoint_are_refused_before_they_run()
    {
        using EncoderSession session = EncoderSession.Acquire(new TinyCheckpoint().Load(), new(EncoderOutput.LastHiddenState));
        Assert.Contains("64 positions", Assert.Throws<ArgumentOutOfRangeException>(() => session.Rent(1, 65)).Message,
            StringComparison.Ordinal);

        void Refused(string words, long[] ids, long[] types) =>
            Assert.Contains(words, Assert.Throws<ArgumentOutOfRangeException>(() => session.Check(ids, types)).Message,
                StringComparison.Ordinal);
        Refused("64 positions", new long[65], []);
        Refused("another checkpoint", [2, TinyCheckpoint.Vocabulary.Count], []);
        Refused("token id -1", [2, -1], []);
        Refused("token type 2", [2, 3], [0, 2]);
        session.Check([0, TinyCheckpoint.Vocabulary.Count - 1], [0, 1]);
    }

    private static float[] Run(EncoderSession session)
    {
        using EncoderBatch batch = session.Rent(1, Ids.Length);
        batch.Fill(0, Ids, PairStart);
        batch.Run();
        return batch.Output(0, 0).ToArray();
    }
}
