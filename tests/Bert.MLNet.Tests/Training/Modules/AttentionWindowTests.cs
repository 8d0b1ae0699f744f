using Bert.MLNet.Encoders;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Tests.Training;

/// <summary>Attention of long rows in blocks is attention to all tokens of which those outside of the window are masked.</summary>
[Collection(UsesTorch.Name)]
public class AttentionWindowTests
{
    private const int Rows = 2, Heads = 2, Size = 4;

    public AttentionWindowTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData(0, 65), InlineData(1, 79), InlineData(3, 80), InlineData(3, 81), InlineData(16, 127), InlineData(16, 128)]
    [InlineData(20, 81), InlineData(20, 100), InlineData(20, 101)]
    public void Blocks_and_their_gradients_equal_the_masked_computation(int window, int length)
    {
        Assert.True(length > LocalAttention.LongestWhole(window));
        using DisposeScope scope = NewDisposeScope();
        int[] lengths = [length, length / 2];
        var blocks = new AttentionWindow(window, lengths, length, CPU, ScalarType.Float32);
        Assert.True(blocks.IsDivided);
        manual_seed(length);
        Tensor[] inputs = [.. Enumerable.Range(0, 3).Select(_ => randn([Rows * Heads, length, Size], requires_grad: true))];
        Tensor seen = zeros(Rows, length, 1);
        for (int row = 0; row < Rows; row++)
            seen[row].narrow(0, 0, lengths[row]).fill_(1);
        seen = seen.repeat_interleave(Heads, 0);

        Tensor actual = blocks.Attend(inputs[0], inputs[1], inputs[2], scores => nn.functional.softmax(scores, -1)) * seen;
        Tensor distances = arange(length).unsqueeze(0) - arange(length).unsqueeze(1);
        Tensor isHidden = (distances.abs() > window).unsqueeze(0).logical_or(seen.transpose(1, 2) == 0);
        Tensor scores = inputs[0].bmm(inputs[1].transpose(1, 2)).masked_fill(isHidden, -1e30);
        Tensor expected = nn.functional.softmax(scores, -1).bmm(inputs[2]) * seen;

        Close(expected, actual);
        Tensor weights = randn(expected.shape);
        Tensor[] expectedGradients = [.. autograd.grad([(expected * weights).sum()], inputs)];
        foreach ((Tensor due, Tensor gradient) in expectedGradients.Zip(autograd.grad([(actual * weights).sum()], inputs)))
            Close(due, gradient);
    }

    [Fact]
    public void Long_rows_of_the_module_equal_those_of_the_session()
    {
        BertModel model = new TinyCheckpoint { Architecture = "ModernBertModel", MaxPositions = 200 }.Load();
        using EncoderModule module = new(model.Config);
        module.Load(model.Weights!);
        module.eval();
        var random = new Random(1);
        int[][] rows = [.. new[] { 150, 65, 9 }.Select(length => Enumerable.Range(0, length).Select(_ => random.Next(5, 90)).ToArray())];
        using EncoderSession session = EncoderSession.Acquire(model, new(EncoderOutput.LastHiddenState));
        using EncoderBatch batch = session.Rent(rows.Length, rows[0].Length);
        for (int row = 0; row < rows.Length; row++)
            batch.Fill(row, rows[row], rows[row].Length);
        batch.Run();

        using DisposeScope scope = NewDisposeScope();
        using IDisposable inference = no_grad();
        PackedTokens tokens = module.Pack(new PaddedBatch([.. rows.Select(row => new EncodedRow(row, row.Length))]));
        float[] last = [.. module.Last(module.HiddenStates(tokens).Last()).data<float>()];
        float[] first = [.. module.FirstToken(tokens).data<float>()];
        int width = model.Config.HiddenSize, start = 0;
        for (int row = 0; row < rows.Length; row++)
        {
            Equal(batch.Output(0, row)[..(rows[row].Length * width)], last.AsSpan(start * width));
            Equal(batch.Output(0, row)[..width], first.AsSpan(row * width));
            start += rows[row].Length;
        }
    }

    private static void Equal(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-5);
    }

    private static void Close(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange((expected - actual).abs().max().item<float>(), 0, 2e-6f);
    }
}
