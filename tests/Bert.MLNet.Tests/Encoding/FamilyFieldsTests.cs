using System.Text.Json.Nodes;
using Bert.MLNet.Encoders;
using Bert.MLNet.Tests.Training;
using Bert.MLNet.Training;
using TorchSharp;

namespace Bert.MLNet.Tests.Encoders;

/// <summary>Fields of configs that change a family's arithmetic, in the graph that runs and in the modules that are trained.</summary>
[Collection(UsesTorch.Name)]
public class FamilyFieldsTests
{
    private const int PairStart = 6;

    private static readonly int[] s_ids = [2, 17, 40, 88, 90, 3, 55, 61, 3], s_types = [0, 0, 0, 0, 0, 0, 1, 1, 1];

    public FamilyFieldsTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData("AlbertModel", 3, """{ "num_hidden_groups": 2 }""")]
    [InlineData("AlbertModel", 4, """{ "num_hidden_groups": 4 }""")]
    [InlineData("AlbertModel", 3, """{ "num_hidden_groups": 2, "inner_group_num": 2 }""")]
    [InlineData("AlbertModel", 1, """{ "inner_group_num": 3 }""")]
    [InlineData("DebertaV2Model", 2, """{ "conv_kernel_size": 3, "conv_act": "gelu" }""")]
    [InlineData("DebertaV2Model", 2, """{ "conv_kernel_size": 5, "conv_groups": 4 }""")]
    [InlineData("DebertaV2Model", 1, """{ "conv_kernel_size": 3 }""")]
    [InlineData("DebertaV2Model", 2, """{ "norm_rel_ebd": "none" }""")]
    [InlineData("DebertaV2Model", 2, """{ "pos_att_type": "c2p" }""")]
    [InlineData("DebertaV2Model", 2, """{ "pos_att_type": ["p2c"] }""")]
    [InlineData("DebertaV2Model", 2, """{ "pos_att_type": null }""")]
    [InlineData("DebertaV2Model", 2, """{ "position_buckets": -1 }""")]
    [InlineData("DebertaV2Model", 2, """{ "relative_attention": false }""")]
    [InlineData("DebertaV2Model", 2, """{ "position_biased_input": true, "type_vocab_size": 2 }""")]
    [InlineData("RobertaModel", 2, """{ "type_vocab_size": 1 }""")]
    [InlineData("BertModel", 2, """{ "type_vocab_size": 1 }""")]
    [InlineData(
        "ModernBertModel", 4,
        """{ "layer_types": ["full_attention", "sliding_attention", "sliding_attention", "full_attention"] }""")]
    [InlineData("NomicBertModel", 2, """{ "activation_function": "geglu" }""")]
    [InlineData("NomicBertModel", 2, """{ "qkv_proj_bias": true, "mlp_fc1_bias": true, "mlp_fc2_bias": true }""")]
    [InlineData("NomicBertModel", 2, """{ "rotary_emb_fraction": 0.0, "type_vocab_size": 0 }""")]
    [InlineData("NomicBertModel", 2, """{ "rotary_emb_base": 50 }""")]
    public void Every_layer_equals_a_plain_computation(string architecture, int layers, string fields)
    {
        BertModel model = Tiny(architecture, layers, fields).Load();
        double[][][] expected = new PlainBert(model).HiddenStates(s_ids, s_types);
        Assert.Equal(layers + 1, expected.Length);

        EncoderOutput[] outputs = [.. Enumerable.Range(0, layers + 1).Select(EncoderOutput.HiddenStates)];
        using EncoderSession session = EncoderSession.Acquire(model, new([.. outputs, EncoderOutput.LastHiddenState]));
        using EncoderBatch batch = session.Rent(2, s_ids.Length + 4); // with padding after both rows
        batch.Fill(0, s_ids.AsSpan(0, 3), 3);
        batch.Fill(1, s_ids, PairStart);
        batch.Run();
        for (int layer = 0; layer <= layers; layer++)
            AssertClose(expected[layer], batch.Output(layer, 1));

        using var module = new EncoderModule(model.Config);
        module.Load(model.Weights!);
        module.eval();
        using DisposeScope scope = torch.NewDisposeScope();
        var rows = new PaddedBatch([new EncodedRow(s_ids, PairStart), new EncodedRow(s_ids[..3], 3)]);
        foreach ((int layer, torch.Tensor hidden) in module.HiddenStates(module.Pack(rows)).ToArray().Index())
            AssertClose(expected[layer], hidden.narrow(0, 0, s_ids.Length).contiguous().data<float>().ToArray());
        torch.Tensor first = rows.FirstToken(module).narrow(0, 0, 1).contiguous();
        AssertClose([new PlainBert(model).LastHiddenState(s_ids, s_types)[0]], first.data<float>().ToArray());
    }

    /// <summary>The last layer computes the first tokens alone, and some families' layers need all of them.</summary>
    [Theory]
    [InlineData("AlbertForSequenceClassification", """{ "num_hidden_groups": 2, "inner_group_num": 2 }""")]
    [InlineData("DebertaV2ForSequenceClassification", """{ "conv_kernel_size": 3 }""")]
    [InlineData("NomicBertForSequenceClassification", """{ "rotary_emb_fraction": 0.0 }""")]
    public void Logits_of_a_row_equal_a_plain_computation(string architecture, string fields)
    {
        foreach (int layers in new[] { 1, 2 })
        {
            BertModel model = Tiny(architecture, layers, fields).Load();
            using EncoderSession session = EncoderSession.Acquire(model, new(EncoderOutput.SequenceLogits));
            using EncoderBatch batch = session.Rent(1, s_ids.Length + 2);
            batch.Fill(0, s_ids, PairStart);
            batch.Run();
            AssertClose([new PlainBert(model).SequenceLogits(s_ids, s_types)], batch.Output(0, 0));
        }
    }

    [Theory]
    [InlineData("DebertaV2ForMaskedLM", """{ "legacy": false }""")]
    [InlineData("DebertaV2ForMaskedLM", """{ "conv_kernel_size": 3 }""")]
    [InlineData("ModernBertForMaskedLM", """{ "decoder_bias": false }""")]
    [InlineData("NomicBertForPreTraining", """{ "qkv_proj_bias": true, "mlp_fc1_bias": true, "mlp_fc2_bias": true }""")]
    public void Scores_of_words_equal_a_plain_computation(string architecture, string fields)
    {
        TinyCheckpoint tiny = Tiny(architecture, 1, fields);
        BertModel model = tiny.Load();
        int[] positions = [1, 7];
        double[][] expected = new PlainBert(model).MaskedWordScores(s_ids, [.. s_ids.Select(_ => 0)], positions);
        using EncoderSession session = EncoderSession.Acquire(model, new(EncoderOutput.MaskedWordLogits));
        using EncoderBatch batch = session.Rent(1, s_ids.Length, positions.Length);
        batch.Fill(0, s_ids, s_ids.Length);
        for (int i = 0; i < positions.Length; i++)
            batch.MaskedPositions[i] = positions[i];
        batch.Run();
        for (int i = 0; i < positions.Length; i++)
            AssertClose([expected[i]], batch.Output(0, i));

        using var module = new BertForMaskedLM(model.Config);
        module.Load(model.Weights!);
        module.eval();
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor at = torch.tensor(positions.Select(position => (long)position).ToArray());
        AssertClose(expected, module.Forward(new PaddedBatch([new EncodedRow(s_ids, s_ids.Length)]), at).data<float>().ToArray());
        IEnumerable<string> names = module.ToWeights().ToFile(model.Config).Tensors.Select(tensor => tensor.Name);
        Assert.Equal(
            tiny.Tensors().Select(t => t.Name.Replace("predictions.decoder.bias", "predictions.bias", StringComparison.Ordinal)).Order(),
            names.Order());
    }

    /// <summary>HuggingFace returns the attention of each inner layer.</summary>
    [Fact]
    public void Inner_layers_of_a_group_have_attention_of_their_own()
    {
        BertModel model = Tiny("AlbertModel", 2, """{ "inner_group_num": 2 }""").Load();
        BertAttention attention = BertAttention.Compute(model, "the movie was good");
        Assert.Equal(4, attention.NumberOfLayers);
        Assert.NotEqual(attention.Of(0, 0, 0).ToArray(), attention.Of(1, 0, 0).ToArray());
        Exception refused = Assert.Throws<NotSupportedException>(() => EncoderSession.Acquire(model, new(EncoderOutput.Attentions(4))));
        Assert.Contains("0 to 3, not 4", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_graph_of_an_encoder_with_one_token_type_has_no_input_for_it_and_types_that_it_lacks_are_refused()
    {
        BertModel model = Tiny("RobertaModel", 1, """{ "type_vocab_size": 1 }""").Load();
        OnnxGraph graph = BertGraph.Create(model.Config, new(EncoderOutput.LastHiddenState), model.Weights!);
        Assert.DoesNotContain(EncoderInput.TokenTypeIds, System.Text.Encoding.ASCII.GetString(graph.ToModel()), StringComparison.Ordinal);
        using EncoderSession session = EncoderSession.Acquire(model, new(EncoderOutput.LastHiddenState));
        session.Check([2, 5, 3], [0, 0, 0]);
        string message = Assert.Throws<ArgumentOutOfRangeException>(() => session.Check([2, 5, 3], [0, 1, 0])).Message;
        Assert.Contains("a token type 1", message, StringComparison.Ordinal);
    }

    private static TinyCheckpoint Tiny(string architecture, int layers, string fields) =>
        new() { Architecture = architecture, Layers = layers, ExtraConfig = JsonNode.Parse(fields)!.AsObject() };

    private static void AssertClose(double[][] expected, ReadOnlySpan<float> actual)
    {
        double[] flat = [.. expected.SelectMany(row => row)];
        Assert.True(actual.Length >= flat.Length);
        for (int i = 0; i < flat.Length; i++)
            Assert.Equal(flat[i], actual[i], 2e-5);
    }
}
