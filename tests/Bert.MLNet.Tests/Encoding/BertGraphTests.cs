using Bert.MLNet.Encoders;
using Bert.MLNet.Files;
using Bert.MLNet.Models.Families;
using Microsoft.ML.OnnxRuntime;

namespace Bert.MLNet.Tests.Encoders;

public class BertGraphTests
{
    private const int Graph = 7, Node = 1, NodeInput = 1, NodeOutput = 2;
    private const int NodeOperation = 4, NodeAttribute = 5, AttributeInteger = 3, GraphOutput = 12, ValueName = 1;

    /// <summary>For each value whose shape it knows, ONNX Runtime searches all others when it opens the graph.</summary>
    [Theory]
    [InlineData("BertModel", false), InlineData("BertModel", true), InlineData("DistilBertModel", false)]
    public void ONNX_Runtime_is_told_no_shapes_that_it_would_search_memory_for(string architecture, bool isQuantized)
    {
        BertModel model = new TinyCheckpoint { Architecture = architecture }.Load();
        model = isQuantized ? model.Quantize() : model;
        OnnxGraph graph = BertGraph.Create(model.Config, new(EncoderOutput.LastHiddenState), model.Weights!, standsAlone: false);
        (byte[] showing, string[] values) = ShowAll(graph.ToModel());
        using var weights = new EncoderWeights(model.Weights!);
        using var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL };
        options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", AppContext.BaseDirectory);
        foreach ((string name, GraphWeight weight) in graph.Weights)
            options.AddInitializer(name, weights.Get(name, weight));
        using var session = new InferenceSession(showing, options);

        Assert.True(values.Length > 40);
        // The width is that of a table or a bias, and goes no farther than to an activation.
        string[] ofKnownWidth = ["Slice", "Gemm", "Gelu"];
        Assert.All(values.Where(value => !ofKnownWidth.Contains(value[..value.IndexOf('_', StringComparison.Ordinal)])),
            value => Assert.Empty(session.OutputMetadata[value].Dimensions));
    }

    /// <summary>Of the last layer, what follows attention is computed for the tokens alone that an output reads.</summary>
    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void Where_some_tokens_are_read_the_last_layer_computes_no_others(string family)
    {
        BertModel model = EveryFamily.Checkpoint(family, HeadKind.MaskedLM).Load();
        int all = SelectionsBeforeEnd(EncoderOutput.LastHiddenState);
        Assert.Equal(all, SelectionsBeforeEnd(EncoderOutput.LastHiddenState, EncoderOutput.MaskedWordLogits));
        Assert.True(SelectionsBeforeEnd(EncoderOutput.FirstHiddenState) > all);
        Assert.True(SelectionsBeforeEnd(EncoderOutput.MaskedWordLogits) > all);

        int SelectionsBeforeEnd(params EncoderOutput[] outputs)
        {
            byte[] graph = BertGraph.Create(model.Config, new(outputs), model.Weights!).ToModel();
            (string Operation, string[] Inputs, string[] Outputs)[] nodes =
            [
                .. from part in ProtoField.Read(ProtoField.Read(graph).Single(field => field.Number == Graph).Value)
                   where part.Number == Node
                   let items = ProtoField.Read(part.Value).ToArray()
                   select (items.Single(item => item.Number == NodeOperation).Text, Texts(items, NodeInput), Texts(items, NodeOutput)),
            ];
            // The last layer's feed-forward network, and all that it depends on.
            var needed = new HashSet<string>(nodes.Last(node => node.Inputs.Any(input =>
                input.EndsWith("intermediate.dense.weight", StringComparison.Ordinal))).Inputs);
            int selections = 0;
            foreach ((string operation, string[] inputs, string[] _) in nodes.Reverse().Where(node => node.Outputs.Any(needed.Contains)))
            {
                needed.UnionWith(inputs);
                selections += operation == "Gather" ? 1 : 0;
            }
            return selections;
        }

        static string[] Texts(ProtoField[] items, int number) => [.. items.Where(item => item.Number == number).Select(item => item.Text)];
    }

    /// <summary>
    /// The graph with the values of all nodes as outputs, but those that are shapes themselves; and the names of these values.
    /// </summary>
    private static (byte[] Model, string[] Values) ShowAll(byte[] model)
    {
        var values = new List<string>();
        var shown = new ProtoMessage();
        foreach (ProtoField field in ProtoField.Read(model))
        {
            if (field.Number != Graph)
            {
                shown.Append(field.Whole.Span);
                continue;
            }
            var graph = new ProtoMessage();
            foreach (ProtoField part in ProtoField.Read(field.Value).Where(part => part.Number != GraphOutput))
            {
                graph.Append(part.Whole.Span);
                ProtoField[] node = part.Number == Node ? [.. ProtoField.Read(part.Value)] : [];
                string? operation = node.Where(item => item.Number == NodeOperation).Select(item => item.Text).SingleOrDefault();
                bool isShape = operation == "Shape" || operation == "Concat" && !IsOfHeads(node);
                values.AddRange(node.Where(item => item.Number == NodeOutput && !isShape).Select(item => item.Text));
            }
            foreach (string value in values)
                graph.Add(GraphOutput, new ProtoMessage().Add(ValueName, value));
            shown.Add(Graph, graph);
        }
        return (shown.Bytes.ToArray(), [.. values]);

        // Shapes are put together along their only axis, 0.
        static bool IsOfHeads(ProtoField[] node) =>
            node.Any(item => item.Number == NodeAttribute
                && ProtoField.Read(item.Value).Any(attribute => attribute.Number == AttributeInteger && attribute.Integer > 0));
    }
}
