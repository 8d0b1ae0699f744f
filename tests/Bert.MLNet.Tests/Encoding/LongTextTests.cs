using Bert.MLNet.Encoders;
using Bert.MLNet.Models.Families;
using Microsoft.ML.OnnxRuntime;

namespace Bert.MLNet.Tests.Encoders;

/// <summary>
/// Long texts are computed in blocks, in memory that grows with their length. The results are those of the computation at once.
/// </summary>
public class LongTextTests
{
    private const double Tolerance = 1e-6;

    [Theory]
    [InlineData(2, 16), InlineData(6, 16), InlineData(32, 16), InlineData(40, 20)]
    public void Windows_equal_the_masked_computation(int localAttention, int block)
    {
        BertModel model = Model(localAttention, maxPositions: 200);
        Assert.Equal(block, LocalAttention.Block(localAttention / 2));
        int longest = LocalAttention.LongestWhole(localAttention / 2);
        foreach (int length in new[] { 1, block - 1, block, block + 1, 2 * block, longest, longest + 1, longest + block - 1,
            longest + block, longest + block + 1, 2 * longest - 1, 2 * longest })
            CheckBatch(model, length);
    }

    [Theory]
    [InlineData(1025), InlineData(1152), InlineData(1161)]
    public void Texts_beyond_the_longest_that_is_computed_at_once_equal_that_computation(int length)
    {
        Assert.True(length > GraphBlocks.LongestWhole);
        CheckBatch(Model(localAttention: 6, maxPositions: 1200), length);
    }

    [Fact]
    public void A_long_text_equals_a_plain_computation()
    {
        BertModel model = Model(localAttention: 6, maxPositions: 300);
        int[] ids = Ids(length: 157, seed: 3);
        using EncoderSession session = EncoderSession.Acquire(model, new(EncoderOutput.HiddenStates(model.Config.NumHiddenLayers)));
        using EncoderBatch batch = session.Rent(2, ids.Length + 20);
        batch.Fill(1, ids, ids.Length);
        batch.Run();
        double[] expected = [.. new PlainBert(model).HiddenStates(ids, new int[ids.Length])[^1].SelectMany(token => token)];
        ReadOnlySpan<float> actual = batch.Output(0, 1);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 2e-5);
    }

    [Fact]
    public void The_first_token_of_a_long_text_is_what_it_is_among_all()
    {
        BertModel model = Model(localAttention: 6, maxPositions: 1200);
        using EncoderSession first = EncoderSession.Acquire(model, new(EncoderOutput.FirstHiddenState));
        using EncoderSession all = EncoderSession.Acquire(model, new(EncoderOutput.LastHiddenState));
        float[] expected = Run(all, Ids(1100, seed: 5), before: 0, after: 0);
        float[] actual = Run(first, Ids(1100, seed: 5), before: 0, after: 0);
        for (int i = 0; i < actual.Length; i++)
            Assert.Equal(expected[i], actual[i], Tolerance);
    }

    [Fact]
    public void The_saved_graph_computes_long_texts_like_the_session()
    {
        BertModel model = Model(localAttention: 6, maxPositions: 1200);
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "model.onnx");
        model.SaveOnnx(file);
        using var graph = new InferenceSession(file);
        using EncoderSession session = EncoderSession.Acquire(model, new(EncoderOutput.LastHiddenState));
        foreach (int length in new[] { 30, 64, 65, 131, 1023, 1024, 1025, 1099 })
        {
            int[] ids = Ids(length, seed: length);
            float[] expected = Run(session, ids, before: 0, after: 3);
            using OrtValue idValue = OrtValue.CreateTensorValueFromMemory([.. ids.Select(id => (long)id)], [1L, length]);
            using OrtValue maskValue = OrtValue.CreateTensorValueFromMemory(Enumerable.Repeat(1L, length).ToArray(), [1L, length]);
            using var run = new RunOptions();
            using IDisposableReadOnlyCollection<OrtValue> outputs =
                graph.Run(run, ["input_ids", "attention_mask"], [idValue, maskValue], ["last_hidden_state"]);
            ReadOnlySpan<float> actual = outputs[0].GetTensorDataAsSpan<float>();
            Assert.Equal(expected.Length, actual.Length);
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], actual[i], 5e-6);
        }
    }

    // A session that returns the attention of all layers computes all pairs of tokens.
    private static void CheckBatch(BertModel model, int length)
    {
        using EncoderSession inBlocks = EncoderSession.Acquire(model, new(EncoderOutput.LastHiddenState));
        using EncoderSession atOnce = EncoderSession.Acquire(
            model,
            new([EncoderOutput.LastHiddenState, .. Enumerable.Range(0, model.Config.NumHiddenLayers).Select(EncoderOutput.Attentions)]));
        int[] ids = Ids(length, seed: length);
        int free = model.Config.MaxTokens - length;
        foreach ((int before, int after) in new[] { (0, 0), (Math.Min(7, free), 0), (0, Math.Min(21, free)) })
        {
            float[] expected = Run(atOnce, ids, before, after), actual = Run(inBlocks, ids, before, after);
            for (int i = 0; i < expected.Length; i++)
                Assert.True(Math.Abs(expected[i] - actual[i]) <= Tolerance,
                    $"{length} tokens, {before} of padding before and {after} after: value {i} is {actual[i]}, not {expected[i]}.");
        }
    }

    // The last hidden states of a row between two shorter ones, without padding.
    private static float[] Run(EncoderSession session, int[] ids, int before, int after)
    {
        int length = before + ids.Length + after;
        using EncoderBatch batch = session.Rent(3, length);
        batch.Fill(0, ids.AsSpan(0, 1), 1);
        batch.Fill(2, ids.AsSpan(0, (ids.Length + 1) / 2), (ids.Length + 1) / 2);
        for (int i = 0; i < ids.Length; i++)
            (batch.InputIds(1)[before + i], batch.AttentionMask(1)[before + i]) = (ids[i], 1);
        batch.Run();
        int width = session.Model.Config.HiddenSize;
        ReadOnlySpan<float> output = batch.Output(0, 1);
        return output.Length == width ? output.ToArray() : output.Slice(before * width, ids.Length * width).ToArray();
    }

    private static int[] Ids(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(5, TinyCheckpoint.Vocabulary.Count))];
    }

    // The first layer attends to all tokens, the second to a window.
    private static BertModel Model(int localAttention, int maxPositions) => new TinyCheckpoint
    {
        Architecture = "ModernBertModel", MaxPositions = maxPositions, Layers = 3,
        ExtraConfig = new() { ["local_attention"] = localAttention },
    }.Load();
}
