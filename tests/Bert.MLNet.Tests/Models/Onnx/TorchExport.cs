using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Bert.MLNet.Files;
using Bert.MLNet.Models;
using static Bert.MLNet.Models.OnnxFields;

namespace Bert.MLNet.Tests.Models;

/// <summary>
/// The graph of a tiny checkpoint as <c>torch.onnx.export</c> writes it: weights have the names of the checkpoint's file, but the matrix of
/// a linear layer is transposed and numbered, and its bias is added by a node of its own.
/// </summary>
internal sealed partial class TorchExport
{
    private const int Int64 = 7;

    /// <summary>Whether the names of nodes contain the paths of modules, as since PyTorch 1.13.</summary>
    public bool HasPaths { get; init; } = true;

    /// <summary>Whether vectors are numbered too, with copies under their names, as exporters write equal ones.</summary>
    public bool HasCopies { get; init; }

    /// <summary>Whether weights are stored in half precision.</summary>
    public bool IsHalf { get; init; }

    /// <summary>Other names for some weights; null leaves a weight its own.</summary>
    public Func<string, string> Rename { get; init; } = name => name;

    /// <summary>Writes a checkpoint's folder with the graph in place of its weights.</summary>
    public string Write(TinyCheckpoint checkpoint, string folder)
    {
        checkpoint.Write(folder);
        BertModel.FromPretrained(folder).SaveOnnx(Path.Combine(folder, "model.onnx"));
        File.Delete(Path.Combine(folder, "model.safetensors"));
        byte[] written = File.ReadAllBytes(Path.Combine(folder, "model.onnx"));
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), new Writer(this, checkpoint, written).Write());
        return folder;
    }

    /// <summary>The path of a weight's module: <c>/encoder/layer.0/output/dense</c>.</summary>
    private static string PathOf(string weight) =>
        "/" + Number().Replace(weight[..weight.LastIndexOf('.')], "|$1").Replace('.', '/').Replace('|', '.');

    [GeneratedRegex(@"\.(\d+)(?=\.)")]
    private static partial Regex Number();

    /// <summary>A weight of the written graph: the tensor of the file that has its values, from a row on.</summary>
    private sealed record Origin(string Name, int[] Shape, float[] Values, int Row);

    private sealed class Writer
    {
        private readonly TorchExport _style;
        private readonly ProtoField[] _model, _graph;
        private readonly Dictionary<string, Origin> _origins = [];
        private readonly HashSet<string> _added = [];
        private readonly ProtoMessage _result = new();
        private readonly HashSet<string> _tables;
        private int _number = 1000;

        public Writer(TorchExport style, TinyCheckpoint checkpoint, byte[] written)
        {
            _style = style;
            _model = [.. ProtoField.Read(written)];
            _graph = [.. ProtoField.Read(_model.Single(field => field.Number == ModelGraph).Value)];
            (string Name, int[] Shape, float[] Values)[] file =
                [.. checkpoint.Tensors().Select(tensor => (tensor.Name, tensor.Shape, TensorValues.Of(tensor)))];
            foreach (ProtoField initializer in _graph.Where(part => part.Number == GraphInitializer))
            {
                if (OnnxTensor.Read(initializer.Value, "written") is { Shape.Length: > 0 } tensor)
                {
                    float[] values = TensorValues.Of(tensor.ToTensor(tensor.Name, isTransposed: false));
                    foreach ((string name, int[] shape, float[] whole) in file)
                    {
                        if (whole.AsSpan().IndexOf(values) is >= 0 and int start)
                            _origins.TryAdd(tensor.Name, new Origin(style.Rename(name), shape, whole, start / (whole.Length / shape[0])));
                    }
                }
            }
            _tables = [.. Nodes().Where(node => node.Operator == "Gather").Select(node => node.Input(0))];
        }

        public byte[] Write()
        {
            foreach (ProtoField part in _graph)
            {
                if (part.Number == GraphNode)
                    Add(new OnnxNode(part.Value), part);
                else if (part.Number != GraphInitializer || !_origins.ContainsKey(OnnxTensor.Read(part.Value, "")?.Name ?? ""))
                    _result.Append(part.Whole.Span);
            }
            var model = new ProtoMessage();
            foreach (ProtoField field in _model)
            {
                if (field.Number == ModelGraph)
                    model.Add(ModelGraph, _result);
                else
                    model.Append(field.Whole.Span);
            }
            return model.Bytes.ToArray();
        }

        private IEnumerable<OnnxNode> Nodes() => _graph.Where(part => part.Number == GraphNode).Select(part => new OnnxNode(part.Value));

        private void Add(OnnxNode node, ProtoField whole)
        {
            if (node.Operator == "Gemm" && _origins.TryGetValue(node.Input(1), out Origin? matrix))
            {
                AddLinear(node, matrix);
                return;
            }
            var changed = new ProtoMessage();
            foreach (ProtoField field in ProtoField.Read(whole.Value))
            {
                if (field.Number == NodeInput && _origins.ContainsKey(field.Text))
                    changed.Add(NodeInput, Weight(field.Text));
                else
                    changed.Append(field.Whole.Span);
            }
            _result.Add(GraphNode, changed);
        }

        private void AddLinear(OnnxNode node, Origin matrix)
        {
            (int rows, int columns) = (matrix.Shape[0], matrix.Shape[1]);
            float[] transposed = [.. Enumerable.Range(0, rows * columns).Select(i => matrix.Values[i % rows * columns + i / rows])];
            string name = $"onnx::MatMul_{_number++}", output = node.Outputs[0];
            string path = _style.HasPaths && !_tables.Contains(node.Input(1)) ? PathOf(matrix.Name) + "/MatMul" : $"MatMul_{_number++}";
            string product = AddNode("MatMul", path, $"{output}_product", node.Input(0), Tensor(name, [columns, rows], transposed));
            // Queries, keys and values, or a gate, that the file has in one matrix.
            int part = RowsOf(node.Input(1));
            if (part < rows)
                product = AddNode("Slice", "", $"{output}_part", product, Integer(matrix.Row), Integer(matrix.Row + part), Integer(1));
            if (node.Input(2).Length > 0)
                AddNode("Add", "", output, Weight(node.Input(2)), product);
            else
                AddNode("Identity", "", output, product);
        }

        private int RowsOf(string weight) => _graph.Where(part => part.Number == GraphInitializer)
            .Select(part => OnnxTensor.Read(part.Value, "")).Single(tensor => tensor?.Name == weight)!.Shape[0];

        private string AddNode(string operation, string name, string output, params ReadOnlySpan<string> inputs)
        {
            var node = new ProtoMessage();
            foreach (string input in inputs)
                node.Add(NodeInput, input);
            // A module that is used again has a number behind its operator.
            string unique = name.Length == 0 || _added.Add(name) ? name : $"{name}_{_number++}";
            _result.Add(GraphNode, node.Add(NodeOutput, output).Add(NodeName, unique).Add(NodeOperator, operation));
            return output;
        }

        private string Weight(string name)
        {
            Origin origin = _origins[name];
            if (!_style.HasCopies || origin.Shape.Length != 1)
                return Tensor(origin.Name, origin.Shape, origin.Values);
            return _added.Add(origin.Name)
                ? AddNode("Identity", "", origin.Name, Tensor($"shared_{_number++}", origin.Shape, origin.Values))
                : origin.Name;
        }

        private string Tensor(string name, int[] shape, float[] values)
        {
            string stored = _style.IsHalf ? name + "_half" : name;
            if (_added.Add(stored))
            {
                BertTensor tensor = BertTensor.Create(stored, shape, values, _style.IsHalf ? TensorType.F16 : TensorType.F32);
                Initializer(stored, shape, _style.IsHalf ? Float16 : Float, tensor.Bytes.Span);
                if (_style.IsHalf)
                    AddCast(stored, name);
            }
            return name;
        }

        private void AddCast(string stored, string name)
        {
            const int AttributeType = 20, KindInteger = 2;
            ProtoMessage to = new ProtoMessage().Add(AttributeName, "to").Add(AttributeInteger, Float).Add(AttributeType, KindInteger);
            _result.Add(GraphNode, new ProtoMessage().Add(NodeInput, stored).Add(NodeOutput, name).Add(NodeOperator, "Cast")
                .Add(NodeAttribute, to));
        }

        private string Integer(int value)
        {
            string name = $"integer_{value}";
            if (_added.Add(name))
                Initializer(name, [1], Int64, MemoryMarshal.AsBytes([(long)value]));
            return name;
        }

        private void Initializer(string name, int[] shape, int type, ReadOnlySpan<byte> bytes)
        {
            var tensor = new ProtoMessage();
            foreach (int size in shape)
                tensor.Add(TensorDimensions, size);
            _result.Add(GraphInitializer, tensor.Add(TensorItemType, type).Add(TensorName, name).Add(TensorBytes, bytes));
        }
    }
}
