using Bert.MLNet.Training;

namespace Bert.MLNet.Tests.Training;

[Collection(UsesTorch.Name)]
public class ModuleReplicasTests
{
    private static readonly BertConfig s_config = new()
    {
        VocabSize = 50,
        HiddenSize = 24,
        NumHiddenLayers = 2,
        NumAttentionHeads = 3,
        IntermediateSize = 40,
        MaxPositionEmbeddings = 16,
    };

    public ModuleReplicasTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void Doubles_compute_with_the_weights_of_the_first()
    {
        using var first = new BertForMaskedLM(s_config);
        using var replicas = new ModuleReplicas<BertForMaskedLM>(first, () => new BertForMaskedLM(s_config), 3);
        first.State()[0].Parameter.Values()[0] = 5; // also those that change later
        var read = new float[3][][];
        replicas.Accumulate(3, (module, i) => read[i] = Values(module));
        Assert.All(read, values => Assert.Equal(Values(first), values));
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public void No_more_threads_work_at_the_same_time_than_were_asked_for(int threads)
    {
        using var first = new BertForMaskedLM(s_config);
        using var replicas = new ModuleReplicas<BertForMaskedLM>(first, () => new BertForMaskedLM(s_config), threads);
        int now = 0, most = 0;
        var counting = new Lock();
        replicas.Accumulate(20, Count);
        replicas.Run(20, Count);
        Assert.Equal(threads, replicas.Threads);
        Assert.InRange(most, 1, threads);

        void Count(BertForMaskedLM module, int item)
        {
            lock (counting)
                most = Math.Max(most, ++now);
            Thread.Sleep(1);
            lock (counting)
                now--;
        }
    }

    private static float[][] Values(BertForMaskedLM module) => [.. module.State().Select(p => p.Parameter.Values().ToArray())];
}
