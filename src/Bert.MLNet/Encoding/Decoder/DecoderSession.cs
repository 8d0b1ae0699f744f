using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Bert.MLNet.Encoders;

/// <summary>
/// The decoder of a model in ONNX Runtime. Thread-safe: any number of threads can rent and run batches at the same time. After
/// <see cref="Dispose"/>, the last of them closes the native sessions.
/// </summary>
internal sealed class DecoderSession : IDisposable
{
    private readonly EncoderWeights _weights;
    private readonly Part _sources, _step;
    private readonly RunOptions _run = new();
    private readonly ConcurrentBag<DecoderBatch> _idle = [];
    private readonly Lock _lock = new();
    private int _users = 1;
    private bool _disposed;

    /// <summary>A graph and its session.</summary>
    private sealed class Part : IDisposable
    {
        private readonly SessionOptions _options = OnnxEncoder.CreateOptions();
        private readonly InferenceSession _session;
        private readonly string[] _outputs;

        public Part((OnnxGraph Graph, IReadOnlyList<string> Outputs) graph, EncoderWeights weights)
        {
            _outputs = [.. graph.Outputs];
            try
            {
                _session = OnnxEncoder.Open(graph.Graph, _options, weights.Get, weights.Packed);
            }
            catch
            {
                _options.Dispose();
                throw;
            }
        }

        public void Run(RunOptions run, string[] inputNames, OrtValue[] inputs, OrtValue[] outputs) =>
            _session.Run(run, inputNames, inputs, _outputs, outputs);

        public void Dispose()
        {
            _session.Dispose();
            _options.Dispose();
        }
    }

    /// <param name="model">A model with a decoder.</param>
    /// <param name="attends">Whether the attention to sources is an output of each step.</param>
    /// <exception cref="NotSupportedException">The model has none.</exception>
    public DecoderSession(BertModel model, bool attends = false)
    {
        BertDecoder decoder = model.RequireDecoder();
        (Decoder, Width, Attends) = (decoder, model.Config.HiddenSize, attends);
        _weights = new EncoderWeights(decoder.Weights);
        _sources = new Part(DecoderGraph.OfSources(decoder.Config, decoder.Weights, Width, _weights.AreUnsigned), _weights);
        try
        {
            _step = new Part(DecoderGraph.OfStep(decoder.Config, decoder.Weights, _weights.AreUnsigned, attends), _weights);
        }
        catch
        {
            _sources.Dispose();
            _weights.Dispose();
            throw;
        }
        int layers = decoder.Config.NumHiddenLayers;
        SourceNames = [.. Enumerable.Range(0, layers).SelectMany(layer => Names(layer, ofSource: true))];
        StepNames =
        [
            DecoderGraph.Tokens, DecoderGraph.Places, DecoderGraph.Parents, DecoderGraph.SourceBias, .. SourceNames,
            .. Enumerable.Range(0, layers).SelectMany(layer => Names(layer, ofSource: false)),
        ];

        static IEnumerable<string> Names(int layer, bool ofSource)
        {
            (string keys, string values) = DecoderGraph.Kept(layer, ofSource);
            return [keys, values];
        }
    }

    public BertDecoder Decoder { get; }

    /// <summary>The size of the encoder's hidden states.</summary>
    public int Width { get; }

    /// <summary>Whether the attention to sources is an output of each step.</summary>
    public bool Attends { get; }

    private string[] SourceNames { get; }

    private string[] StepNames { get; }

    /// <summary>Rents the memory of a batch, for one thread. Return it with <see cref="DecoderBatch.Dispose"/>.</summary>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public DecoderBatch Rent()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _users++;
        }
        return _idle.TryTake(out DecoderBatch? batch) ? batch : new DecoderBatch(this);
    }

    public void Return(DecoderBatch batch)
    {
        _idle.Add(batch);
        Release();
    }

    public void RunSources(OrtValue[] inputs, OrtValue[] outputs) =>
        _sources.Run(_run, [DecoderGraph.States, DecoderGraph.Rows], inputs, outputs);

    public void RunStep(OrtValue[] inputs, OrtValue[] outputs) => _step.Run(_run, StepNames, inputs, outputs);

    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
        }
        Release();
    }

    /// <summary>Creates a value over memory that stays in place while the value is used.</summary>
    public static OrtValue Value<T>(PinnedBuffer<T> buffer, TensorElementType type, params long[] shape)
        where T : unmanaged
    {
        int count = checked((int)shape.Aggregate(1L, (product, size) => checked(product * size)));
        return OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, type, shape, buffer.Address, (long)count * Unsafe.SizeOf<T>());
    }

    private void Release()
    {
        lock (_lock)
        {
            if (--_users > 0)
                return;
        }
        _sources.Dispose();
        _step.Dispose();
        _weights.Dispose();
        _run.Dispose();
    }
}
