using System.Runtime.InteropServices;
using Bert.MLNet.Encoders;

namespace Bert.MLNet.Tests.Encoders;

/// <summary>Checkpoints that bring an ONNX graph along instead of weights.</summary>
public class OwnGraphTests
{
    private const int Width = 4;
    private static readonly BertConfig Config = new()
    {
        VocabSize = 10,
        HiddenSize = Width,
        NumAttentionHeads = 2,
        NumHiddenLayers = 1,
        MaxPositionEmbeddings = 8,
    };
    private static readonly BertTokenizer Tokenizer =
        BertTokenizer.Create(new BertVocabulary(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]));

    [Theory]
    [InlineData("last_hidden_state", OnnxGraph.Int64, true)]
    [InlineData("token_embeddings", OnnxGraph.Int64, false)]
    [InlineData("last_hidden_state", OnnxGraph.Int32, true)]
    public void Its_outputs_come_through_the_same_door(string hiddenName, int inputType, bool hasTypes)
    {
        BertModel model = Model(hiddenName, inputType, hasTypes);
        using EncoderSession session = EncoderSession.Acquire(model, new(EncoderOutput.PoolerOutput, EncoderOutput.LastHiddenState));
        using EncoderBatch batch = session.Rent(2, 3);
        batch.Fill(0, [5, 6, 7], 2);
        batch.Fill(1, [8], 1);
        batch.Run();

        float type = hasTypes ? 1000 : 0;
        Assert.Equal([50, 51, 52, 53, 60, 61, 62, 63, 70 + type, 71 + type, 72 + type, 73 + type], batch.Output(1, 0).ToArray());
        Assert.Equal([80, 81, 82, 83], batch.Output(1, 1)[..Width].ToArray());
        Assert.Equal([70 + type, 71 + type, 72 + type, 73 + type], batch.Output(0, 0).ToArray());
    }

    /// <summary>The graph in the file is in ONNX's operators, that of the weights in those which ONNX Runtime makes of them.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_graph_with_the_weights_in_it_gives_the_same_bits_as_the_weights(bool isQuantized)
    {
        BertModel weights = new TinyCheckpoint().Load();
        weights = isQuantized ? weights.Quantize() : weights;
        EncoderOutputSet outputs = new(EncoderOutput.LastHiddenState, EncoderOutput.PoolerOutput, EncoderOutput.Attentions(1));
        byte[] file = BertGraph.Create(weights.Config, outputs, weights.Weights!).ToModel();
        float[] Run(BertModel model)
        {
            using EncoderSession session = EncoderSession.Acquire(model, outputs);
            using EncoderBatch batch = session.Rent(2, 5);
            batch.Fill(0, [2, 30, 31, 40, 3], 4);
            batch.Fill(1, [2, 50, 3], 3);
            batch.Run();
            return [.. Enumerable.Range(0, 3).SelectMany(output => (float[])[.. batch.Output(output, 0), .. batch.Output(output, 1)])];
        }
        Assert.Equal(Run(weights), Run(new BertModel(weights.Config, weights.Tokenizer, null, name: "exported", onnxGraph: file)));
    }

    [Fact]
    public void An_output_that_it_lacks_is_refused_with_those_that_it_has()
    {
        string message = Assert.Throws<NotSupportedException>(
            () => EncoderSession.Acquire(Model("last_hidden_state", OnnxGraph.Int64, true), new(EncoderOutput.Attentions(0)))).Message;
        Assert.Contains("no output attentions.0", message, StringComparison.Ordinal);
        Assert.Contains("last_hidden_state, pooler_output", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Inputs_that_an_encoder_cannot_be_given_are_refused_by_name()
    {
        var graph = new OnnxGraph("test");
        graph.Output("last_hidden_state",
            graph.Add("Cast", [graph.Input("pixel_values", OnnxGraph.Int64, "batch", "sequence")], ("to", (long)OnnxGraph.Float)), "batch",
            "sequence");
        Assert.Contains("'pixel_values'", Assert.Throws<NotSupportedException>(() => Open(graph)).Message, StringComparison.Ordinal);

        var maskless = new OnnxGraph("test");
        maskless.Output("last_hidden_state", Hidden(maskless, "input_ids"), "batch", "sequence", Width);
        Assert.Contains("attention_mask", Assert.Throws<NotSupportedException>(() => Open(maskless)).Message, StringComparison.Ordinal);

        var still = new OnnxGraph("test");
        still.Output("last_hidden_state",
            still.Add("Cast", [still.Input("input_ids", OnnxGraph.Int64, 1, 128)], ("to", (long)OnnxGraph.Float)), 1, 128);
        Assert.Contains("dynamic", Assert.Throws<NotSupportedException>(() => Open(still)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_graph_is_refused_with_its_checkpoint() =>
        Assert.Contains("'broken'",
            Assert.Throws<InvalidDataException>(
            () => EncoderSession.Acquire(
                new BertModel(Config, Tokenizer, null, name: "broken", onnxGraph: new byte[] { 1, 2, 3 }),
                new(EncoderOutput.LastHiddenState))).Message, StringComparison.Ordinal);

    /// <summary>Padding has the position of its id where tokens are counted from the one after it.</summary>
    [Theory]
    [InlineData("bert", new float[] { 0, 1, 2, 3 }, new float[] { 0, 1, 2, 3 })]
    [InlineData("roberta", new float[] { 2, 3, 4, 5 }, new float[] { 2, 3, 1, 1 })]
    public void Positions_are_counted_for_a_graph_that_asks_for_them(string modelType, float[] whole, float[] padded)
    {
        var graph = new OnnxGraph("test");
        graph.Input("attention_mask", OnnxGraph.Int64, "batch", "sequence");
        graph.Input("input_ids", OnnxGraph.Int64, "batch", "sequence");
        graph.Output("some_output", Hidden(graph, "position_ids"), "batch", "sequence", Width);
        BertConfig config = Config with { ModelType = modelType, PadTokenId = 1 };
        var model = new BertModel(config, Tokenizer, null, onnxGraph: graph.ToModel());
        using EncoderSession session = EncoderSession.Acquire(model, new(EncoderOutput.LastHiddenState));
        using EncoderBatch batch = session.Rent(2, 4);
        batch.Fill(0, [5, 6, 7, 8], 4);
        batch.Fill(1, [5, 6], 2);
        batch.Run();
        Assert.Equal(whole, Enumerable.Range(0, 4).Select(i => batch.Output(0, 0)[i * Width]));
        Assert.Equal(padded, Enumerable.Range(0, 4).Select(i => batch.Output(0, 1)[i * Width]));
    }

    /// <summary>Hidden states that are the numbers of an input.</summary>
    private static string Hidden(OnnxGraph graph, string input)
    {
        string numbers = graph.Add("Cast", [graph.Input(input, OnnxGraph.Int64, "batch", "sequence")], ("to", (long)OnnxGraph.Float));
        return graph.Add("Expand", [graph.Add("Unsqueeze", [numbers, graph.Integers(2)]), graph.Integers(1, 1, Width)]);
    }

    private static EncoderSession Open(OnnxGraph graph) =>
        EncoderSession.Acquire(new BertModel(Config, Tokenizer, null, onnxGraph: graph.ToModel()), new(EncoderOutput.LastHiddenState));

    /// <summary>
    /// A graph whose hidden state of token t is 10t, 10t+1, …, plus 1000 in the second text; its pooler takes the largest.
    /// </summary>
    private static BertModel Model(string hiddenName, int inputType, bool hasTypes)
    {
        var graph = new OnnxGraph("test");
        float[] table = [.. Enumerable.Range(0, Config.VocabSize * Width).Select(i => (float)(i / Width * 10 + i % Width))];
        graph.Input("attention_mask", inputType, "batch", "sequence");
        string hidden = graph.Add(
            "Gather", [graph.Constant(OnnxGraph.Float, [Config.VocabSize, Width], MemoryMarshal.AsBytes<float>(table)),
                graph.Input("input_ids", inputType, "batch", "sequence")]);
        if (hasTypes)
        {
            string types = graph.Add(
                "Unsqueeze", [graph.Add("Cast", [graph.Input("token_type_ids", inputType, "batch", "sequence")],
                    ("to", (long)OnnxGraph.Float)), graph.Integers(2)]);
            hidden = graph.Add("Add", [hidden, graph.Add("Mul", [types, graph.Scalar(1000)])]);
        }
        graph.Output(hiddenName, hidden, "batch", "sequence", "width");
        graph.Output("pooler_output", graph.Add("ReduceMax", [hidden, graph.Integers(1)], ("keepdims", 0L)), "batch", Width);
        return new BertModel(Config, Tokenizer, null, name: "exported", onnxGraph: graph.ToModel());
    }
}
