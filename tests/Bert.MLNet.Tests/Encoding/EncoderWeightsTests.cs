using Bert.MLNet.Encoders;
using Bert.MLNet.Models;
using Microsoft.ML.OnnxRuntime;

namespace Bert.MLNet.Tests.Encoders;

/// <summary>Sessions pack matrices, but only some of them where the copies of all would take too much memory.</summary>
public class EncoderWeightsTests
{
    private static readonly int[] s_ids = [2, 17, 40, 88, 90, 3, 55, 61, 3];

    private static readonly Lazy<BertModel> s_large = new(() =>
        new TinyCheckpoint { HiddenSize = 512, Heads = 8, IntermediateSize = 2048, Layers = 5 }.Load());

    [Fact]
    public void Packed_matrices_of_a_large_model_take_a_limited_part_of_its_memory()
    {
        BertWeights weights = s_large.Value.Weights!;
        using var encoder = new EncoderWeights(weights);
        string[] matrices =
            [.. weights.Names.Where(name => name.Contains(".layer.", StringComparison.Ordinal) && weights[name].Shape.Length == 2)];
        long all = weights.Names.Sum(Size), packed = matrices.Where(name => !encoder.IsInPlace(name)).Sum(Size);
        Assert.True(matrices.Sum(Size) > 0.9 * all);
        Assert.InRange(packed, 0.45 * all, 0.55 * all);
        Assert.DoesNotContain(weights.Names.Except(matrices), encoder.IsInPlace);

        long Size(string name) => weights[name].Bytes.Length;
    }

    [Fact]
    public void All_matrices_of_a_small_model_are_packed()
    {
        using var weights = new EncoderWeights(new TinyCheckpoint().Load().Weights!);
        Assert.DoesNotContain(new TinyCheckpoint().Load().Weights!.Names, weights.IsInPlace);
    }

    [Fact]
    public void Matrices_in_place_compute_what_the_saved_graph_computes()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "model.onnx");
        s_large.Value.SaveOnnx(file);
        using EncoderSession session = EncoderSession.Acquire(s_large.Value, new(EncoderOutput.LastHiddenState));
        using var graph = new InferenceSession(file);
        Assert.Equal(["attention_mask", "input_ids", "token_type_ids"], graph.InputMetadata.Keys.Order());
        foreach (int rows in new[] { 1, 30 })
        {
            using EncoderBatch batch = session.Rent(rows, s_ids.Length);
            for (int row = 0; row < rows; row++)
                batch.Fill(row, s_ids, s_ids.Length);
            batch.Run();
            using OrtValue ids = Value(Enumerable.Repeat(s_ids, rows).SelectMany(row => row).Select(id => (long)id)),
                mask = Value(Enumerable.Repeat(1L, rows * s_ids.Length)), types = Value(Enumerable.Repeat(0L, rows * s_ids.Length));
            using var run = new RunOptions();
            using IDisposableReadOnlyCollection<OrtValue> outputs = graph.Run(
                run, ["input_ids", "attention_mask", "token_type_ids"], [ids, mask, types], ["last_hidden_state"]);
            ReadOnlySpan<float> expected = outputs[0].GetTensorDataAsSpan<float>()[..(s_ids.Length * 512)];
            ReadOnlySpan<float> actual = batch.Output(0, rows - 1);
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], actual[i], 1e-5);

            OrtValue Value(IEnumerable<long> values) => OrtValue.CreateTensorValueFromMemory([.. values], [(long)rows, s_ids.Length]);
        }
    }
}
