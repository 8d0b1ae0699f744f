using System.Text.Json;
using Bert.MLNet.Encoders;
using Bert.MLNet.Models;
using Bert.MLNet.Tests.Encoders;
using Bert.MLNet.Training;
using TorchSharp;

namespace Bert.MLNet.Tests.Training;

/// <summary>The encoder that is trained is the encoder that runs.</summary>
[Collection(UsesTorch.Name)]
public class BertModuleTests
{
    private static readonly int[] s_ids = [2, 17, 40, 88, 90, 3, 55, 61, 3];
    private static readonly int[] s_types = [0, 0, 0, 0, 0, 0, 1, 1, 1];

    public BertModuleTests() => TorchRuntime.EnsureLoaded();

    public static TheoryData<string> Checkpoints =>
        ["bert-tiny-random", "bert-seqclass-random", "bert-tokenclass-random", "bert-qa-random", "distilbert-random"];

    [Theory, MemberData(nameof(Checkpoints))]
    public void Last_hidden_states_equal_the_reference(string checkpoint)
    {
        string folder = Shared.Folder("reference", "models", checkpoint);
        var reference = new ReferenceModel(folder);
        BertModel model = BertModel.FromPretrained(folder);
        using BertModule module = Open(model);
        foreach (ReferenceModel.Case row in reference.Cases)
        {
            float[] hidden = Run(module, row.InputIds, row.AttentionMask, row.TokenTypeIds);
            JsonElement expected = row.Outputs.GetProperty("last_hidden_state");
            int width = model.Config.HiddenSize;
            reference.Equal(expected.GetProperty("first"), hidden.AsSpan(0, width), $"{row} first token");
            reference.Equal(expected.GetProperty("last"), hidden.AsSpan(hidden.Length - width), $"{row} last token");
            int token = 0;
            foreach (JsonElement mean in expected.GetProperty("token_mean").EnumerateArray())
                reference.Equal(mean, hidden.AsSpan(token++ * width, width).ToArray().Average(), $"{row} mean of token {token}");
        }
    }

    [Theory]
    [InlineData("BertModel", "gelu"), InlineData("DistilBertModel", "gelu"), InlineData("BertModel", "gelu_new")]
    [InlineData("BertModel", "quick_gelu"), InlineData("BertModel", "relu"), InlineData("BertModel", "silu"), InlineData("BertModel", "tanh")]
    public void Every_layer_equals_a_plain_computation(string architecture, string activation)
    {
        BertModel model = new TinyCheckpoint { Architecture = architecture, ExtraConfig = new() { ["hidden_act"] = activation, ["activation"] = activation } }.Load();
        using BertModule module = Open(model);
        double[][][] expected = new PlainBert(model).HiddenStates(s_ids, s_types);

        using DisposeScope scope = torch.NewDisposeScope();
        int layer = 0;
        foreach (torch.Tensor hidden in module.HiddenStates(Ids(s_ids), null, Ids(s_types)))
        {
            double[] plain = [.. expected[layer++].SelectMany(token => token)];
            Assert.All(plain.Zip(hidden.data<float>()), pair => Assert.Equal(pair.First, pair.Second, 2e-5));
        }
        Assert.Equal(expected.Length, layer);
    }

    [Fact]
    public void Hidden_states_equal_those_of_the_graph_that_runs()
    {
        BertModel model = new TinyCheckpoint().Load();
        using BertModule module = Open(model);
        using EncoderSession session = EncoderSession.Acquire(model, new(EncoderOutput.LastHiddenState));
        using EncoderBatch batch = session.Rent(1, s_ids.Length);
        batch.Fill(0, s_ids, Array.IndexOf(s_types, 1));
        batch.Run();
        float[] trained = Run(module, [.. s_ids.Select(id => (long)id)], [.. s_ids.Select(_ => 1L)], [.. s_types.Select(type => (long)type)]);
        Assert.All(batch.Output(0, 0).ToArray().Zip(trained), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void Padding_changes_nothing()
    {
        using BertModule module = Open(new TinyCheckpoint().Load());
        long[] ids = [.. s_ids.Select(id => (long)id)];
        float[] alone = Run(module, ids, [.. ids.Select(_ => 1L)], null);
        float[] padded = Run(module, [.. ids, 0, 0, 0], [.. ids.Select(_ => 1L), 0, 0, 0], null);
        Assert.All(alone.Zip(padded), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void Tokens_that_a_head_reads_are_what_they_are_among_all_and_give_the_same_gradients()
    {
        using BertModule module = Open(new TinyCheckpoint().Load());
        using DisposeScope scope = torch.NewDisposeScope();
        long[] ids = [.. s_ids.Select(id => (long)id)], others = [2, 30, 31, 3, 0, 0, 0, 0, 0];
        torch.Tensor input = torch.tensor([.. ids, .. others], 2, ids.Length), positions = torch.tensor([3L, 11]);
        torch.Tensor mask = torch.tensor([.. ids.Concat(others).Select(id => id != 0)], 2, ids.Length);

        Compare(module.Forward(input, mask).select(1, 0), module.FirstToken(input, mask));
        Compare(module.Forward(input, mask).flatten(0, 1).index_select(0, positions), module.At(positions, input, mask));

        void Compare(torch.Tensor amongAll, torch.Tensor alone)
        {
            Assert.Equal(amongAll.shape, alone.shape);
            Assert.All(amongAll.contiguous().Values().ToArray().Zip(alone.Values().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
            float[] expected = Gradients(amongAll), actual = Gradients(alone);
            Assert.Contains(expected, value => Math.Abs(value) > 0.01);
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 2e-5f));
        }

        float[] Gradients(torch.Tensor hidden)
        {
            module.zero_grad();
            hidden.pow(3).sum().backward();
            return [.. module.State().Where(p => p.Parameter.grad is not null).SelectMany(p => p.Parameter.grad!.to_dense().data<float>().ToArray())];
        }
    }

    [Fact]
    public void The_state_has_the_names_of_the_checkpoint_and_nothing_else()
    {
        var checkpoint = new TinyCheckpoint { Architecture = "BertForMaskedLM" };
        BertModel model = checkpoint.Load();
        using var module = new BertForMaskedLM(model.Config);
        Assert.Equal(checkpoint.Tensors().Select(tensor => tensor.Name).Order(), module.State().Select(p => p.Name).Order());

        module.Load(model.Weights!);
        BertWeights written = module.ToWeights();
        Assert.All(module.State(), p => Assert.Equal(model.Weights![Canonical(p.Name)].Bytes.ToArray(), written[Canonical(p.Name)].Bytes.ToArray()));
    }

    [Fact]
    public void Masked_word_scores_equal_a_plain_computation()
    {
        BertModel model = new TinyCheckpoint { Architecture = "BertForMaskedLM" }.Load();
        using var module = new BertForMaskedLM(model.Config);
        module.Load(model.Weights!);
        module.eval();
        int[] positions = [1, 4];
        double[][] expected = new PlainBert(model).MaskedWordScores(s_ids, [.. s_ids.Select(_ => 0)], positions);

        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor scores = module.Forward(Ids(s_ids), torch.tensor(positions.Select(p => (long)p).ToArray()));
        Assert.All(expected.SelectMany(row => row).Zip(scores.data<float>()), pair => Assert.Equal(pair.First, pair.Second, 2e-5));
    }

    [Fact]
    public void A_missing_tensor_and_another_shape_are_named()
    {
        using var head = new BertForMaskedLM(new TinyCheckpoint().Load().Config);
        Exception missing = Assert.Throws<InvalidDataException>(() => head.Load(new TinyCheckpoint().Load().Weights!));
        Assert.Contains("cls.predictions", missing.Message, StringComparison.Ordinal);

        using var wide = new BertModule(new TinyCheckpoint { IntermediateSize = 128 }.Load().Config);
        Exception shape = Assert.Throws<InvalidDataException>(() => wide.Load(new TinyCheckpoint().Load().Weights!));
        Assert.Contains("encoder.layer.0.intermediate.dense.weight", shape.Message, StringComparison.Ordinal);
    }

    private static string Canonical(string name) => name.StartsWith("bert.", StringComparison.Ordinal) ? name["bert.".Length..] : name;

    private static BertModule Open(BertModel model)
    {
        var module = new BertModule(model.Config);
        module.Load(model.Weights!);
        module.eval();
        return module;
    }

    private static torch.Tensor Ids(int[] ids) => torch.tensor(ids.Select(id => (long)id).ToArray(), 1, ids.Length);

    private static float[] Run(BertModule module, long[] ids, long[] mask, long[]? types)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using var quiet = torch.no_grad();
        return module.Forward(
            torch.tensor(ids, 1, ids.Length),
            torch.tensor([.. mask.Select(m => m != 0)], 1, ids.Length),
            types is null ? null : torch.tensor(types, 1, ids.Length)).data<float>().ToArray();
    }
}
