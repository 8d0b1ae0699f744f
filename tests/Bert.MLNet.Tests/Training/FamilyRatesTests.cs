using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tests.Training;

/// <summary>Which parameters of each family are embeddings, layers and head: what freezing and rates of layers do to them.</summary>
[Collection(UsesTorch.Name)]
public class FamilyRatesTests
{
    private const double Rate = 1e-2, Decay = 0.5;

    // As the files name them, apart from the library's own knowledge of them: what is of no layer but below or among all.
    private static readonly string[] s_embeddings =
    [
        "embeddings.", "embeddings_project", "embedding_hidden_mapping_in", "rel_embeddings", "relative_attention_bias",
        "encoder.LayerNorm", "encoder.conv.", "emb_ln",
    ];

    public FamilyRatesTests() => TorchRuntime.EnsureLoaded();

    /// <summary>The first step of Adam without weight decay changes each parameter by the rate of its layer.</summary>
    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void Rates_fall_from_the_head_over_the_layers_to_the_embeddings(string family)
    {
        BertModel model = EveryFamily.Checkpoint(family, HeadKind.SequenceClassification).Load();
        Dictionary<string, double> changes = Changes(model, new Options { LayerwiseLearningRateDecay = Decay });
        int layers = changes.Keys.Max(Depth);
        Assert.Equal(family == "albert" ? 1 : 2, layers); // all layers of ALBERT are one
        Dictionary<int, double> largest = changes.GroupBy(change => Depth(change.Key))
            .ToDictionary(group => group.Key, group => group.Max(change => change.Value));
        Assert.Equal([-1, .. Enumerable.Range(0, layers + 1)], largest.Keys.Order());
        foreach ((int depth, double change) in largest)
            Assert.Equal(Rate * Math.Pow(Decay, depth < 0 ? 0 : layers + 1 - depth), change, Rate * 1e-3);
    }

    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void Frozen_embeddings_and_layers_stay_and_all_others_change(string family)
    {
        BertModel model = EveryFamily.Checkpoint(family, HeadKind.SequenceClassification).Load();
        AssertFrozen(new Options { FreezeEmbeddings = true }, depth => depth == 0);
        AssertFrozen(new Options { FrozenLayers = 1 }, depth => depth == 1);
        AssertFrozen(new Options { FreezeEmbeddings = true, FrozenLayers = 2 }, depth => depth >= 0);
        Exception error = Assert.ThrowsAny<ArgumentException>(() => new Options { FrozenLayers = 3 }.Check(model));
        Assert.Contains("FrozenLayers is 3; it must be from 0 to the 2 layers", error.Message, StringComparison.Ordinal);

        void AssertFrozen(Options options, Func<int, bool> isFrozen) => Assert.All(
            Changes(model, options), change => Assert.True(isFrozen(Depth(change.Key)) == (change.Value == 0), change.Key));
    }

    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void Adapters_change_the_queries_and_values_of_layers_and_the_head(string family)
    {
        BertModel model = EveryFamily.Checkpoint(family, HeadKind.SequenceClassification).Load();
        string[] targets = [".query.", ".value.", ".q.", ".v.", ".q_lin.", ".v_lin.", ".query_proj.", ".value_proj.", ".Wqkv."];
        Assert.All(Changes(model, new Options { LoraRank = 2, LearningRate = 0.1, MaxEpochs = 2 }), change =>
            Assert.True(
                (Depth(change.Key) < 0 || change.Key.EndsWith("weight", StringComparison.Ordinal) && targets.Any(change.Key.Contains))
                    == change.Value > 0, change.Key));
    }

    /// <summary>0 for embeddings, then the layers from 1, -1 for the head.</summary>
    private static int Depth(string name)
    {
        string[] parts = name.Split('.');
        int layers = Array.FindIndex(parts, part => part is "layer" or "layers" or "albert_layer_groups");
        if (layers >= 0)
            return int.Parse(parts[layers + 1], System.Globalization.CultureInfo.InvariantCulture) + 1;
        if (name.EndsWith("final_norm.weight", StringComparison.Ordinal))
            return 2; // it normalizes what the last layer gives
        return s_embeddings.Any(name.Contains) ? 0 : -1;
    }

    /// <summary>The largest change of each tensor of the file, after a training of one update.</summary>
    private static Dictionary<string, double> Changes(BertModel model, Options options)
    {
        BertConfig config = model.Config with { HiddenDropoutProb = 0, AttentionProbsDropoutProb = 0, ClassifierDropout = 0 };
        TrainingRow[] rows = [.. ToyLanguage.Rows(model, 24, seed: 7)];
        IHost host = ((IHostEnvironment)new MLContext(1)).Register("test");
        BertWeights trained = FineTuning.Run(host, model, config, new SingleLabelObjective([], 0), options, rows, []).Weights!;
        return trained.ToFile(config).Tensors.Join(
            model.Weights!.ToFile(model.Config).Tensors, tensor => tensor.Name, tensor => tensor.Name,
            (after, before) =>
                (after.Name, Change: TensorValues.Of(after).Zip(TensorValues.Of(before), (x, y) => Math.Abs((double)x - y)).Max()))
            .ToDictionary(change => change.Name, change => change.Change);
    }

    private sealed record Options : BertTrainingOptions
    {
        public Options() => (Seed, MaxEpochs, BatchSize, LearningRate, WarmupRatio, WeightDecay, LearningRateSchedule, NumberOfThreads)
            = (5, 1, 24, Rate, 0, 0, BertLearningRateSchedule.Constant, 1);
    }
}
