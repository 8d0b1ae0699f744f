using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models;

/// <summary>
/// A module of sentence-transformers that computes a vector from a pooled vector. Immutable and thread-safe. Two are equal if they would be
/// saved as equal files.
/// </summary>
/// <param name="kind">The name of its class in sentence-transformers.</param>
/// <param name="fields">The fields of its <c>config.json</c>.</param>
/// <param name="tensors">The tensors of its <c>model.safetensors</c>; none if it has no such file.</param>
internal abstract class VectorLayer(string kind, IReadOnlyDictionary<string, object?> fields, params IReadOnlyList<BertTensor> tensors)
    : IEquatable<VectorLayer>
{
    public string Kind => kind;

    /// <summary>The text of its <c>config.json</c>.</summary>
    public string Config => JsonFile.Merge(null, fields);

    public IReadOnlyList<BertTensor> Tensors => tensors;

    /// <summary>The number of values that it reads, or null for any.</summary>
    public virtual int? Inputs => null;

    /// <summary>The number of values that it returns for the given number.</summary>
    public virtual int Outputs(int inputs) => inputs;

    /// <summary>Computes the vector.</summary>
    /// <param name="input">The values, of <see cref="Inputs"/>.</param>
    /// <param name="output">Receives the result, of <see cref="Outputs"/>; does not overlap the input.</param>
    public abstract void Apply(ReadOnlySpan<float> input, Span<float> output);

    /// <summary>Creates the same layer with other values in its tensors.</summary>
    /// <param name="values">Returns the values of a tensor by its name.</param>
    public virtual VectorLayer With(Func<string, float[]> values) => this;

    /// <summary>Returns the number of values after all layers, or throws if a layer does not fit the values before it.</summary>
    /// <param name="layers">The layers, in order.</param>
    /// <param name="size">The number of values of the pooled vector.</param>
    /// <param name="misfit">Creates the exception for a message that says which layer does not fit.</param>
    public static int SizeAfter(IEnumerable<VectorLayer> layers, int size, Func<string, Exception> misfit)
    {
        foreach (VectorLayer layer in layers)
        {
            if (layer.Inputs is { } inputs && inputs != size)
                throw misfit($"the module {layer.Kind} reads vectors of {inputs} values, but receives {size}");
            size = layer.Outputs(size);
        }
        return size;
    }

    public bool Equals(VectorLayer? other) => other is not null
        && Kind == other.Kind
        && Config == other.Config
        && Tensors.Count == other.Tensors.Count
        && Tensors.Zip(other.Tensors).All(pair => pair.First.Name == pair.Second.Name
            && pair.First.Type == pair.Second.Type
            && pair.First.Shape.AsSpan().SequenceEqual(pair.Second.Shape)
            && pair.First.Bytes.Span.SequenceEqual(pair.Second.Bytes.Span));

    public sealed override bool Equals(object? obj) => Equals(obj as VectorLayer);

    public sealed override int GetHashCode() => HashCode.Combine(Kind, Config);

    /// <summary>The values of a tensor in single precision.</summary>
    protected static float[] ValuesOf(BertTensor tensor)
    {
        float[] values = new float[tensor.Count];
        tensor.CopyTo(values);
        return values;
    }

    /// <summary>A tensor of the same name and shape with other values, in single precision.</summary>
    protected static BertTensor Replace(BertTensor tensor, Func<string, float[]> values) =>
        BertTensor.Create(tensor.Name, tensor.Shape, values(tensor.Name));
}
