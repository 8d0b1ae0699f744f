using Bert.MLNet.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Tests.Training;

[Collection(UsesTorch.Name)]
public class AdamWTests
{
    private static readonly AdamWOptions s_options = new() { Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-6, WeightDecay = 0.1 };

    public AdamWTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void Steps_equal_those_of_torch()
    {
        using DisposeScope scope = NewDisposeScope();
        var random = new Random(1);
        float[] start = Values(random, 100_003);
        var own = new TorchSharp.Modules.Parameter(tensor(start));
        var theirs = new TorchSharp.Modules.Parameter(tensor(start));
        var optimizer = new AdamW([("dense.weight", own)], s_options);
        var torchs = optim.AdamW([theirs], 1e-2, s_options.Beta1, s_options.Beta2, s_options.Epsilon, s_options.WeightDecay);
        for (int step = 1; step <= 5; step++)
        {
            float[] gradient = Values(random, start.Length);
            own.grad = tensor(gradient);
            theirs.grad = tensor(gradient);
            torchs.ParamGroups.First().LearningRate = 1e-2 / step;
            optimizer.Step(1e-2 / step);
            torchs.step();
            Assert.All(own.data<float>().Zip(theirs.data<float>()), pair => Assert.Equal(pair.Second, pair.First, 2e-6f));
        }
    }

    [Theory]
    [InlineData(double.PositiveInfinity), InlineData(0.05)]
    public void Steps_over_looked_up_rows_equal_those_over_the_whole_table(double maxGradNorm)
    {
        const int Rows = 5_000, Width = 40;
        using DisposeScope scope = NewDisposeScope();
        var random = new Random(2);
        float[] start = Values(random, Rows * Width);
        TorchSharp.Modules.Parameter sparse = new(tensor(start, Rows, Width)), dense = new(tensor(start, Rows, Width));
        AdamW ofSparse = new([("table.weight", sparse)], s_options), ofDense = new([("table.weight", dense)], s_options);
        for (int step = 1; step <= 6; step++)
        {
            // In the fourth step something else has a gradient for all rows, as a head with tied weights.
            long[] rows = step == 4
                ? [.. Enumerable.Range(0, Rows).Select(row => (long)row)]
                : [3, 4999, 3, .. Enumerable.Range(0, 60).Select(_ => random.NextInt64(Rows / 2))];
            torch.Tensor gradient = sparse_coo_tensor(
                tensor(rows).unsqueeze(0), tensor(Values(random, rows.Length * Width), rows.Length, Width), [Rows, Width]);
            sparse.grad = step == 4 ? gradient.to_dense() : gradient;
            dense.grad = gradient.to_dense();

            Assert.Equal(ofDense.Step(1e-2, maxGradNorm), ofSparse.Step(1e-2, maxGradNorm), 1e-4);
            Assert.All(dense.data<float>().Zip(sparse.data<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
            Assert.All(ofDense.State.Single().Square.Zip(ofSparse.State.Single().Square),
                pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        }
    }

    [Fact]
    public void Gradients_that_torch_keeps_as_one_number_reach_all_columns()
    {
        using DisposeScope scope = NewDisposeScope();
        TorchSharp.Modules.Embedding table = nn.Embedding(6, 4, sparse: true);
        float[] before = table.weight!.data<float>().ToArray();
        table.forward(tensor(new long[] { 2, 2, 5 })).sum().backward(); // 1 everywhere, with a stride of 0
        new AdamW([("table.bias", table.weight!)], s_options).Step(1e-2);
        float[] after = table.weight!.data<float>().ToArray();
        Assert.All(Enumerable.Range(0, before.Length), i => Assert.Equal(i / 4 is 2 or 5 ? before[i] - 1e-2f : before[i], after[i], 1e-5f));
    }

    [Fact]
    public void Rows_that_had_a_gradient_before_a_resumed_training_go_on_as_if_it_had_not_stopped()
    {
        using DisposeScope scope = NewDisposeScope();
        TorchSharp.Modules.Parameter unbroken = new(ones(6, 4)), resumed = new(ones(6, 4));
        var first = new AdamW([("table.weight", unbroken)], s_options);
        unbroken.grad = Lookup(2);
        first.Step(1e-2);
        var second = new AdamW([("table.weight", resumed)], s_options) { Steps = first.Steps };
        using (no_grad())
            resumed.copy_(unbroken);
        first.State.Single().Mean.CopyTo(second.State.Single().Mean, 0);
        first.State.Single().Square.CopyTo(second.State.Single().Square, 0);

        (unbroken.grad, resumed.grad) = (Lookup(5), Lookup(5));
        first.Step(1e-2);
        second.Step(1e-2);
        Assert.Equal(unbroken.data<float>(), resumed.data<float>());
        Assert.NotEqual(unbroken.data<float>()[0], unbroken.data<float>()[2 * 4]);

        static torch.Tensor Lookup(long row) => sparse_coo_tensor(tensor(new[] { row }).unsqueeze(0), full(1, 4, 0.5f), [6, 4]);
    }

    [Fact]
    public void Gradients_above_the_limit_are_scaled_down_together_and_dropped()
    {
        using DisposeScope scope = NewDisposeScope();
        (TorchSharp.Modules.Parameter a, TorchSharp.Modules.Parameter b) = (new(zeros(3)), new(zeros(20)));
        (TorchSharp.Modules.Parameter c, TorchSharp.Modules.Parameter d) = (new(zeros(3)), new(zeros(20)));
        var clipped = new AdamW([("a", a), ("b", b)], s_options);
        var scaled = new AdamW([("a", c), ("b", d)], s_options);
        (a.grad, b.grad) = (full(3, 4f), full(20, 3f));
        double norm = Math.Sqrt(3 * 16 + 20 * 9);
        (c.grad, d.grad) = (full(3, (float)(4 / norm)), full(20, (float)(3 / norm)));

        Assert.Equal(norm, clipped.Step(1e-2, maxGradNorm: 1), 1e-4);
        scaled.Step(1e-2, maxGradNorm: 1.001);
        Assert.All(clipped.State.Zip(scaled.State),
            pair => Assert.All(pair.First.Mean.Zip(pair.Second.Mean), m => Assert.Equal(m.Second, m.First, 1e-6f)));
        Assert.Null(a.grad);
    }

    [Fact]
    public void A_parameter_that_a_batch_does_not_reach_has_a_gradient_of_zero_once_it_has_had_one()
    {
        using DisposeScope scope = NewDisposeScope();
        (TorchSharp.Modules.Parameter missed, TorchSharp.Modules.Parameter zero) = (new(ones(40)), new(ones(40)));
        AdamW ofMissed = new([("a.weight", missed)], s_options), ofZero = new([("a.weight", zero)], s_options);
        Assert.Contains("'a.weight' has no gradient", Assert.Throws<InvalidOperationException>(() => ofMissed.Step(1e-2)).Message,
            StringComparison.Ordinal);
        for (int step = 0; step < 4; step++)
        {
            missed.grad = step is 0 or 2 ? full(40, 0.5f) : null;
            zero.grad = step is 0 or 2 ? full(40, 0.5f) : zeros(40);
            ofMissed.Step(1e-2);
            ofZero.Step(1e-2);
            Assert.Equal(zero.data<float>().ToArray(), missed.data<float>().ToArray());
        }
    }

    [Theory]
    [InlineData("encoder.layer.0.output.dense.weight", true), InlineData("embeddings.word_embeddings.weight", true)]
    [InlineData("encoder.layer.0.output.dense.bias", false), InlineData("embeddings.LayerNorm.weight", false),
        InlineData("cls.predictions.bias", false)]
    public void Biases_and_LayerNorm_are_not_decayed(string name, bool decays)
    {
        using DisposeScope scope = NewDisposeScope();
        var parameter = new TorchSharp.Modules.Parameter(ones(40));
        parameter.grad = zeros(40);
        new AdamW([(name, parameter)], s_options).Step(0.5);
        Assert.All(parameter.data<float>(), value => Assert.Equal(decays ? 0.95f : 1f, value, 1e-6f));
    }

    [Fact]
    public void A_parameter_of_a_quarter_of_the_rate_moves_as_with_a_quarter_of_the_learning_rate()
    {
        using DisposeScope scope = NewDisposeScope();
        TorchSharp.Modules.Parameter slow = new(ones(40)), usual = new(ones(40)), expected = new(ones(40));
        var optimizer = new AdamW([("slow.weight", slow), ("usual.weight", usual)], s_options, name => name == "slow.weight" ? 0.25 : 1);
        var plain = new AdamW([("plain.weight", expected)], s_options);
        for (int step = 0; step < 3; step++)
        {
            (slow.grad, usual.grad, expected.grad) = (full(40, 0.5f), full(40, 0.5f), full(40, 0.5f));
            optimizer.Step(0.04);
            plain.Step(0.01);
        }
        Assert.Equal(expected.data<float>(), slow.data<float>());
        Assert.All(usual.data<float>(), value => Assert.True(value < slow.data<float>()[0]));
    }

    [Fact]
    public void A_parameter_without_gradient_is_named()
    {
        using DisposeScope scope = NewDisposeScope();
        var optimizer = new AdamW([("pooler.dense.weight", new TorchSharp.Modules.Parameter(ones(4)))], s_options);
        Exception error = Assert.Throws<InvalidOperationException>(() => optimizer.Step(0.1));
        Assert.Contains("pooler.dense.weight", error.Message, StringComparison.Ordinal);
    }

    private static float[] Values(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
}
