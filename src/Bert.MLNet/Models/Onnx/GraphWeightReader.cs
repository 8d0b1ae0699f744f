using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Models;

/// <summary>Reads the weights of a checkpoint from its ONNX graph.</summary>
internal static class GraphWeightReader
{
    // Graphs with these outputs are of the encoder, whatever class its config names.
    private static readonly string[] EncoderOutputs = ["last_hidden_state", "token_embeddings"];

    private static Action<BertModel, BertModel>? s_compare;

    /// <summary>Sets what compares a model with the graph that its weights come from; it throws if they differ.</summary>
    public static void CompareWith(Action<BertModel, BertModel> compare) => s_compare = compare;

    /// <summary>Creates a model with the weights of a model's graph, and compares both.</summary>
    /// <exception cref="NotSupportedException">The weights cannot be recognized; the message names the first that is missing.</exception>
    /// <exception cref="InvalidDataException">The graph is damaged, or computes something else with these weights.</exception>
    public static BertModel Read(BertModel model)
    {
        OnnxModel graph = OnnxModel.Read(model.OnnxGraph, model.GraphFile);
        if (graph.Nodes.FirstOrDefault(node => IsInteger(node.Operator)) is { } integer)
            throw Refuse(model, $"it computes with integers (operator {integer.Operator}), which have lost precision");
        // Fields that only matter to the arithmetic were not checked: the graph has its own.
        BertConfig config = BertConfig.Parse(model.Config.ToJson());
        if (config.StoredLayers > graph.Nodes.Count)
            throw Refuse(model, $"config.json has {config.StoredLayers} layers, but the graph has only {graph.Nodes.Count} operators");
        (bool Needed, HeadLayer Layer)[] heads = [.. ExpectedTensors.HeadLayers(config)];
        HashSet<string> expected =
        [
            .. ExpectedTensors.Encoder(config).Select(tensor => tensor.Name),
            .. heads.SelectMany(head => head.Layer.Tensors).Select(tensor => tensor.Name),
        ];
        if (config.TieWordEmbeddings)
            expected.Remove(CanonicalNames.Decoder);
        var names = new GraphWeightNames(graph, config, expected);
        string[] missing = [.. expected.Where(name => !names.Has(name))];
        bool lacksHead = heads.Any(head => head.Needed && head.Layer.Tensors.Any(tensor => missing.Contains(tensor.Name)));
        if (lacksHead && graph.Outputs.Any(EncoderOutputs.Contains))
            config = config with { Architectures = [config.Family.EncoderClass] };
        IEnumerable<string> required = ExpectedTensors.Encoder(config)
            .Concat(ExpectedTensors.HeadLayers(config).Where(head => head.Needed).SelectMany(head => head.Layer.Tensors))
            .Select(tensor => tensor.Name);
        if (required.FirstOrDefault(missing.Contains) is { } first)
            throw Refuse(model, $"no tensor was recognized as '{CanonicalNames.InFile(first, "", config.Family)}'{Optimized(graph)}");
        // Weights that are one tensor in the file are one in memory, however many there are.
        var tensors = new Dictionary<OnnxWeight, BertTensor>();
        BertWeights weights = BertWeights.Create(
            names.Found.SelectMany(found => FusedTensors.Split(found.Key, Tensor(found.Key, found.Value), model.GraphFile))
                .Where(part => expected.Contains(part.Name)).Select(part => part.Tensor.Rename(part.Name)),
            model.GraphFile);
        var read = new BertModel(config, model.Tokenizer, weights, model.Sentence, model.Name);
        s_compare!(model, read);
        return read;

        BertTensor Tensor(string name, OnnxWeight weight)
        {
            if (!tensors.TryGetValue(weight, out BertTensor? tensor))
                tensors.Add(weight, tensor = weight.ToTensor(name));
            return tensor.Rename(name);
        }
    }

    private static bool IsInteger(string operation) =>
        operation.Contains("QuantizeLinear", StringComparison.Ordinal)
        || operation.Contains("MatMulInteger", StringComparison.Ordinal)
        || operation[(operation.LastIndexOf('.') + 1)..] is "QLinearMatMul" or "QGemm" or "QAttention" or "QEmbedLayerNormalization"
            or "DynamicQuantizeMatMul" or "MatMulNBits" or "GatherBlockQuantized";

    private static string Optimized(OnnxModel graph)
    {
        string[] fused =
            [.. graph.Nodes.Select(node => node.Operator).Where(name => name.Contains('.', StringComparison.Ordinal)).Distinct()];
        return fused.Length > 0 ? $"; the graph was optimized and contains {string.Join(", ", fused)}" : "";
    }

    private static NotSupportedException Refuse(BertModel model, string reason) => new(
        $"The weights of '{model.Name}' cannot be read from its graph '{model.GraphFile}': {reason}. The graph can still predict. To " +
        $"train, quantize or convert the model, use a checkpoint with {WeightFiles.Single}, or export it again in float32 without " +
        "optimization.");
}
