using System.Collections.Concurrent;
using Bert.MLNet.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Bert.MLNet.Encoders;

/// <summary>
/// ONNX Runtime's session for some outputs of a checkpoint, over the graph that is written from its weights or the one that it
/// brings along. Thread-safe. <see cref="SharedEncoders"/> makes, counts and disposes it.
/// </summary>
internal sealed class OnnxEncoder : IDisposable
{
    private readonly SessionOptions _options;
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly ConcurrentBag<EncoderBatch> _idle = [];
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;

    /// <summary>Opens the session.</summary>
    /// <param name="model">The checkpoint.</param>
    /// <param name="outputs">What it shall compute.</param>
    /// <param name="weights">The checkpoint's weights; null to run on its own graph.</param>
    /// <exception cref="NotSupportedException">The checkpoint cannot compute one of the outputs.</exception>
    public OnnxEncoder(BertModel model, EncoderOutputSet outputs, EncoderWeights? weights)
    {
        Model = model;
        Outputs = outputs;
        // One thread an operator: cores are used by calling threads, each with a batch of its own. Shapes differ from
        // run to run, so a memory pattern for each would only pile up.
        _options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            EnableMemoryPattern = false,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        try
        {
            _session = weights is null ? OpenOwnGraph(model) : OpenWrittenGraph(model, weights);
            Inputs = [.. _session.InputMetadata.Select(input => weights is null ? EncoderInput.Create(input.Key, input.Value, model) : new EncoderInput(input.Key, TensorElementType.Int64))];
            _inputNames = [.. Inputs.Select(input => input.Name)];
            _outputNames = [.. outputs.Select(FindOutput)];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public BertModel Model { get; }

    public EncoderOutputSet Outputs { get; }

    public IReadOnlyList<EncoderInput> Inputs { get; }

    /// <summary>Whether the graph gives the scores of words at every token, asked for or not, as graphs that are not written here do.</summary>
    public bool ScoresAllTokens => !_inputNames.Contains(EncoderInput.MaskedPositions);

    /// <summary>Who holds this encoder: sessions and batches. Guarded by <see cref="SharedEncoders"/>.</summary>
    public int Users { get; set; }

    /// <summary>The dimensions of an output; those of <see cref="EncoderOutput.Shape"/> unless the graph gives more.</summary>
    public long[] Shape(int output, int rows, int length, int positions) =>
        Outputs[output].Kind == EncoderOutputKind.MaskedWordLogits && ScoresAllTokens ? [rows, length, Model.Config.VocabSize] : Outputs[output].Shape(Model.Config, rows, length, positions);

    /// <summary>A batch that nobody uses.</summary>
    public EncoderBatch Take() => _idle.TryTake(out EncoderBatch? batch) ? batch : new EncoderBatch(this);

    public void Return(EncoderBatch batch) => _idle.Add(batch);

    /// <summary>Runs over memory of the caller: inputs and outputs in this encoder's order.</summary>
    public void Run(OrtValue[] inputs, OrtValue[] outputs) => _session.Run(_run, _inputNames, inputs, _outputNames, outputs);

    public void Dispose()
    {
        while (_idle.TryTake(out EncoderBatch? batch))
            batch.ReleaseValues();
        _session?.Dispose();
        _run.Dispose();
        _options.Dispose();
    }

    private InferenceSession OpenWrittenGraph(BertModel model, EncoderWeights weights)
    {
        OnnxGraph graph = BertGraph.Create(model.Config, Outputs, model.Weights!, standsAlone: false, weights.AreUnsigned);
        return Open(graph, _options, weights.Get, weights.Packed);
    }

    /// <summary>Opens a graph that was written here and declares its weights.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="options">What goes for the session besides.</param>
    /// <param name="value">Gives a weight by its name in the graph.</param>
    /// <param name="packed">Where matrices are that were packed before.</param>
    public static InferenceSession Open(OnnxGraph graph, SessionOptions options, Func<string, GraphWeight, OrtValue> value, PrePackedWeightsContainer packed)
    {
        // The graph is written as the optimiser would leave it, and opens faster without.
        options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
        // The folder that the graph says its weights are in: any that exists, wherever the process was started.
        options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", AppContext.BaseDirectory);
        foreach ((string name, GraphWeight weight) in graph.Weights)
            options.AddInitializer(name, value(name, weight));
        return new InferenceSession(graph.ToModel(), options, packed);
    }

    private InferenceSession OpenOwnGraph(BertModel model)
    {
        if (model.IsQuantized && IntegerProducts.PreferUnsigned)
            _options.AddSessionConfigEntry(IntegerProducts.SessionOption, "1");
        try
        {
            return new InferenceSession(model.OnnxGraph, _options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidDataException($"ONNX Runtime could not open the graph '{model.GraphFile}' of '{model.Name}': {e.Message}", e);
        }
    }

    private string FindOutput(EncoderOutput output)
    {
        string name = _session.OutputMetadata.ContainsKey(output.Name) ? output.Name : output.Kind switch
        {
            EncoderOutputKind.LastHiddenState => "token_embeddings", // sentence-transformers' name for it
            EncoderOutputKind.NextSentenceLogits or EncoderOutputKind.MaskedWordLogits => "logits", // of a model that has no other head
            _ => output.Name,
        };
        if (!_session.OutputMetadata.TryGetValue(name, out NodeMetadata? metadata))
            throw new NotSupportedException($"The ONNX graph '{Model.GraphFile}' of '{Model.Name}' has no output {output.Name}; it has {string.Join(", ", _session.OutputMetadata.Keys)}. Request one of these, or export the graph again with it.");
        if (metadata.ElementDataType != TensorElementType.Float)
            throw new NotSupportedException($"The ONNX graph '{Model.GraphFile}' of '{Model.Name}' has the output {name} of type {metadata.ElementDataType}; it must be Float. Export it in float32.");
        long[] shape = Shape(Outputs.IndexOf(output), rows: -1, length: -1, positions: -1);
        if (metadata.Dimensions.Length != shape.Length || shape[^1] > 0 && metadata.Dimensions[^1] > 0 && metadata.Dimensions[^1] != shape[^1])
        {
            throw new InvalidDataException(
                $"The ONNX graph '{Model.GraphFile}' of '{Model.Name}' has the output {name} of shape {ShapeText.Of(metadata.Dimensions)}, but its config.json requires {ShapeText.Of(shape)}. " +
                "Check that the files belong together, and that id2label names all labels.");
        }
        return name;
    }
}
