using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Encoders;

/// <summary>Writes a bidirectional LSTM as the standard operator, with weights in the order of PyTorch's.</summary>
internal static class GraphLstm
{
    /// <summary>Writes the operator.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="hidden">The hidden states, [rows, length, hidden].</param>
    /// <param name="mask">The attention mask, [rows, length]. Padding must be on the right.</param>
    /// <returns>
    /// The states of both directions, [length, 2, rows, size], and the last states, [2, rows, size]. Padding does not change them.
    /// </returns>
    public static (string States, string Ends) Write(OnnxGraph graph, HeadLayer layer, string hidden, string mask)
    {
        string lengths = graph.Add(
            "Cast", [graph.Add("ReduceSum", [mask, graph.Integers(1)], ("keepdims", 0L))], ("to", (long)OnnxGraph.Int32));
        string[] outputs = graph.Add(
            "LSTM",
            [
                graph.Add("Transpose", [hidden], ("perm", new long[] { 1, 0, 2 })), Both("weight_ih_l0"), Both("weight_hh_l0"),
                graph.Add("Concat", [Both("bias_ih_l0"), Both("bias_hh_l0")], ("axis", 1L)), lengths,
            ],
            outputs: 2, ("direction", "bidirectional"), ("hidden_size", (long)layer.LstmSize));
        return (outputs[0], outputs[1]);

        // A parameter of both directions, [2, 4 × size, …].
        string Both(string name) => graph.Add("Concat", [Ordered(name), Ordered(name + HeadLayer.Reverse)], ("axis", 0L));

        // PyTorch has the gates in the order input, forget, cell, output; ONNX has input, output, forget, cell.
        string Ordered(string name)
        {
            (string full, int[] shape) = layer.Tensors.First(tensor => tensor.Name == $"{layer.Name}.{name}");
            string[] gates = graph.Add("Split", [graph.Weight(full, shape)], outputs: 4, ("axis", 0L), ("num_outputs", 4L));
            string ordered = graph.Add("Concat", [gates[0], gates[3], gates[1], gates[2]], ("axis", 0L));
            return graph.Add("Unsqueeze", [ordered, graph.Integers(0)]);
        }
    }
}
