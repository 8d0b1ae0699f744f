using System.Text.Json;
using Bert.MLNet.Encoders;
using Bert.MLNet.Models;
using Bert.MLNet.Tests.Encoders;
using Bert.MLNet.Training;
using CsCheck;
using TorchSharp;

namespace Bert.MLNet.Tests.Training;

/// <summary>The encoder that is trained is the encoder that runs.</summary>
[Collection(UsesTorch.Name)]
public class BertModuleTests
{
    private static readonly int[] s_ids = [2, 17, 40, 88, 90, 3, 55, 61, 3];
    private static readonly int[] s_types = [0, 0, 0, 0, 0, 0, 1, 1, 1];
    private static readonly EncodedRow s_row = new(s_ids, Array.IndexOf(s_types, 1));

    public BertModuleTests() => TorchRuntime.EnsureLoaded();

    public static TheoryData<string> Checkpoints =>
        [
            "bert-tiny-random", "bert-seqclass-random", "bert-tokenclass-random", "bert-qa-random", "distilbert-random",
            "mpnet-st-random", "mpnet-seqclass-random", "roberta-seqclass-random", "roberta-qa-random", "xlm-roberta-random",
            "electra-discriminator-random", "electra-generator-random", "albert-random", "albert-seqclass-random",
            "modernbert-random", "modernbert-seqclass-random", "deberta-v3-seqclass-random", "deberta-v3-tokenclass-random",
            "nomic-bert-random",
        ];

    [Theory, MemberData(nameof(Checkpoints))]
    public void Last_hidden_states_equal_the_reference(string checkpoint)
    {
        string folder = Shared.Folder("reference", "models", checkpoint);
        var reference = new ReferenceModel(folder);
        BertModel model = ReferenceCheckpoint.Open(folder);
        using EncoderModule module = Open(model);
        // A row of the library has its first text's tokens, then its second's, and no others.
        ReferenceModel.Case[] rows =
            [.. reference.Cases.Where(row => row.AttentionMask.All(mask => mask == 1)
                && row.TokenTypeIds.SequenceEqual(row.TokenTypeIds.Order()))];
        Assert.InRange(rows.Length, reference.Cases.Count - 4, reference.Cases.Count);
        foreach (ReferenceModel.Case row in rows)
        {
            float[] hidden = Run(module,
                new EncodedRow([.. row.InputIds.Select(id => (int)id)], row.TokenTypeIds.Count(type => type == 0)))[0];
            JsonElement expected = row.Outputs.GetProperty("last_hidden_state");
            int width = model.Config.HiddenSize;
            reference.Equal(expected.GetProperty("first"), hidden.AsSpan(0, width), $"{row} first token");
            reference.Equal(expected.GetProperty("last"), hidden.AsSpan(hidden.Length - width), $"{row} last token");
            int token = 0;
            foreach (JsonElement mean in expected.GetProperty("token_mean").EnumerateArray())
                reference.Equal(mean, hidden.AsSpan(token++ * width, width).ToArray().Average(), $"{row} mean of token {token}");
        }
        reference.WriteLargest("modules, last hidden state");
    }

    [Theory]
    [InlineData("gelu_new"), InlineData("quick_gelu"), InlineData("relu"), InlineData("silu"), InlineData("tanh")]
    public void Every_activation_equals_a_plain_computation(string activation) =>
        CheckLayers(new TinyCheckpoint { ExtraConfig = new() { ["hidden_act"] = activation } }.Load());

    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void Every_layer_of_every_family_equals_a_plain_computation(string family) => CheckLayers(EveryFamily.Checkpoint(family).Load());

    private static void CheckLayers(BertModel model)
    {
        using EncoderModule module = Open(model);
        double[][][] expected = new PlainBert(model).HiddenStates(s_ids, s_types);

        using DisposeScope scope = torch.NewDisposeScope();
        int layer = 0;
        foreach (torch.Tensor hidden in module.HiddenStates(module.Pack(new PaddedBatch([s_row]))))
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
        using EncoderModule module = Open(model);
        using EncoderSession session = EncoderSession.Acquire(model, new(EncoderOutput.LastHiddenState));
        using EncoderBatch batch = session.Rent(1, s_ids.Length);
        batch.Fill(0, s_ids, Array.IndexOf(s_types, 1));
        batch.Run();
        float[] trained = Run(module, s_row)[0];
        Assert.All(batch.Output(0, 0).ToArray().Zip(trained), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void Every_row_of_a_batch_is_what_it_is_alone_and_padding_is_zero(string family)
    {
        BertModel model = EveryFamily.Checkpoint(family).Load();
        using EncoderModule module = Open(model);
        Gen.Select(Gen.Int[1, 19].Array[1, 11], Gen.Int[1, 1000]).Sample((lengths, seed) =>
        {
            var random = new Random(seed);
            int[] Ids(int length) => [.. Enumerable.Range(0, length).Select(_ => random.Next(5, 90))];
            EncodedRow[] rows = [.. lengths.Select(length => new EncodedRow(Ids(length), random.Next(1, length + 1)))];
            float[][] together = Run(module, rows);
            for (int i = 0; i < rows.Length; i++)
            {
                float[] alone = Run(module, rows[i])[0];
                Assert.All(alone.Zip(together[i]), pair => Assert.Equal(pair.First, pair.Second, 5e-6f));
                Assert.All(together[i][(rows[i].Length * model.Config.HiddenSize)..], value => Assert.Equal(0, value));
            }
        }, iter: 4, threads: 1);
    }

    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void The_gradients_of_a_batch_are_the_sum_of_its_rows(string family)
    {
        using EncoderModule module = Open(EveryFamily.Checkpoint(family).Load());
        EncodedRow[] rows = [s_row, new EncodedRow([2, 30, 31, 3], 4), new EncodedRow([2, 30, 3], 3),
            new EncodedRow([2, 31, 40, 41, 42, 43, 44, 45, 46, 47, 48, 3], 4), new EncodedRow([2, 3], 2)];
        float[] together = Gradients(rows);
        float[][] alone = [.. rows.Select(row => Gradients(row))];
        Assert.Contains(together, value => Math.Abs(value) > 0.1);
        for (int i = 0; i < together.Length; i++)
            Assert.Equal(alone.Sum(gradients => gradients[i]), together[i], 2e-4f * Math.Max(1, Math.Abs(together[i])));

        float[] Gradients(params EncodedRow[] some)
        {
            using DisposeScope scope = torch.NewDisposeScope();
            module.zero_grad();
            new PaddedBatch(some).LastHiddenState(module).pow(3).sum().backward();
            return [.. module.State().SelectMany(p => p.Parameter.grad!.to_dense().data<float>().ToArray())];
        }
    }

    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void Tokens_that_a_head_reads_are_what_they_are_among_all_and_give_the_same_gradients(string family)
    {
        using EncoderModule module = Open(EveryFamily.Checkpoint(family).Load());
        using DisposeScope scope = torch.NewDisposeScope();
        var batch = new PaddedBatch([s_row, new EncodedRow([2, 30, 31, 3], 4), new EncodedRow([2, 77, 3], 3)]);
        torch.Tensor positions = torch.tensor([3L, batch.Start(1) + 2]);
        torch.Tensor inRows = torch.tensor([3L, batch.Length + 2]);

        Compare(batch.LastHiddenState(module).select(1, 0), batch.FirstToken(module));
        Compare(batch.LastHiddenState(module).flatten(0, 1).index_select(0, inRows), batch.At(positions, module));

        void Compare(torch.Tensor amongAll, torch.Tensor alone)
        {
            Assert.Equal(amongAll.shape, alone.shape);
            Assert.All(amongAll.contiguous().Values().ToArray().Zip(alone.Values().ToArray()),
                pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
            float[] expected = Gradients(amongAll), actual = Gradients(alone);
            Assert.Contains(expected, value => Math.Abs(value) > 0.01);
            float largest = expected.Max(Math.Abs); // a small gradient can be the difference of large ones
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 2e-6f * Math.Max(10, largest)));
        }

        float[] Gradients(torch.Tensor hidden)
        {
            module.zero_grad();
            hidden.pow(3).sum().backward();
            return [.. module.State().Where(p => p.Parameter.grad is not null)
                .SelectMany(p => p.Parameter.grad!.to_dense().data<float>().ToArray())];
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
        Assert.All(module.State(),
            p => Assert.Equal(model.Weights![Canonical(p.Name)].Bytes.ToArray(), written[Canonical(p.Name)].Bytes.ToArray()));
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
        torch.Tensor scores = module.Forward(
            PaddedBatch.OfSequences([.. s_ids.Select(id => (long)id)], 1), torch.tensor(positions.Select(p => (long)p).ToArray()));
        Assert.All(expected.SelectMany(row => row).Zip(scores.data<float>()), pair => Assert.Equal(pair.First, pair.Second, 2e-5));
    }

    [Fact]
    public void A_missing_tensor_and_another_shape_are_named()
    {
        using var head = new BertForMaskedLM(new TinyCheckpoint().Load().Config);
        Exception missing = Assert.Throws<InvalidDataException>(() => head.Load(new TinyCheckpoint().Load().Weights!));
        Assert.Contains("cls.predictions", missing.Message, StringComparison.Ordinal);

        using var wide = new EncoderModule(new TinyCheckpoint { IntermediateSize = 128 }.Load().Config);
        Exception shape = Assert.Throws<InvalidDataException>(() => wide.Load(new TinyCheckpoint().Load().Weights!));
        Assert.Contains("encoder.layer.0.intermediate.dense.weight", shape.Message, StringComparison.Ordinal);
    }

    private static string Canonical(string name) => name.StartsWith("bert.", StringComparison.Ordinal) ? name["bert.".Length..] : name;

    private static EncoderModule Open(BertModel model)
    {
        var module = new EncoderModule(model.Config);
        module.Load(model.Weights!);
        module.eval();
        return module;
    }

    /// <summary>The last hidden states of each row, with what is padding after it.</summary>
    private static float[][] Run(EncoderModule module, params EncodedRow[] rows)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using var quiet = torch.no_grad();
        float[] hidden = new PaddedBatch(rows).LastHiddenState(module).contiguous().data<float>().ToArray();
        return [.. hidden.Chunk(hidden.Length / rows.Length)];
    }
}
