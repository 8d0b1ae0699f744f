using System.Collections.Concurrent;
using Bert.MLNet.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Bert.MLNet.Encoders;

/// <summary>
/// The ONNX Runtime session for some outputs of a checkpoint, with a graph for its weights or the graph that it contains. Thread-safe.
/// <see cref="SharedEncoders"/> creates, counts and disposes of it.
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
    /// <param name="outputs">The outputs to compute.</param>
    /// <param name="weights">The checkpoint's weights, or null to use its own graph.</param>
    /// <exception cref="NotSupportedException">The checkpoint cannot compute one of the outputs.</exception>
    public OnnxEncoder(BertModel model, EncoderOutputSet outputs, EncoderWeights? weights)
    {
        Model = model;
        Outputs = outputs;
        _options = EncoderDevice.CreateOptions(model.Device);
        try
        {
            _session = weights is null ? OpenOwnGraph(model) : OpenWrittenGraph(model, weights);
            Inputs = [.. _session.InputMetadata.Select(input => weights is null
                ? EncoderInput.Create(input.Key, input.Value, model)
                : new EncoderInput(input.Key, TensorElementType.Int64))];
            _inputNames = [.. Inputs.Select(input => input.Name)];
            EncoderInput.CheckMask(_inputNames, model);
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

    /// <summary>Whether the graph always computes the scores of words at every token, like graphs from other programs.</summary>
    public bool ScoresAllTokens => !_inputNames.Contains(EncoderInput.MaskedPositions);

    /// <summary>Whether the graph is given the position of each token instead of counting them.</summary>
    public bool NeedsPositions => _inputNames.Contains(EncoderInput.PositionIds);

    /// <summary>The number of users of this encoder: sessions and batches. Guarded by <see cref="SharedEncoders"/>.</summary>
    public int Users { get; set; }

    /// <summary>Gets the dimensions of an output: those of <see cref="EncoderOutput.Shape"/> unless the graph returns more.</summary>
    public long[] Shape(int output, int rows, int length, int positions) =>
        Outputs[output].Kind == EncoderOutputKind.MaskedWordLogits && ScoresAllTokens
            ? [rows, length, Model.Config.VocabSize]
            : Outputs[output].Shape(Model.Config, rows, length, positions);

    /// <summary>Gets a free batch.</summary>
    public EncoderBatch Take() => _idle.TryTake(out EncoderBatch? batch) ? batch : new EncoderBatch(this);

    public void Return(EncoderBatch batch) => _idle.Add(batch);

    /// <summary>Runs the session on the caller's memory, with inputs and outputs in this encoder's order.</summary>
    /// <exception cref="InvalidDataException">The checkpoint's own graph cannot compute them.</exception>
    public void Run(OrtValue[] inputs, OrtValue[] outputs)
    {
        try
        {
            _session.Run(_run, _inputNames, inputs, _outputNames, outputs);
        }
        catch (OnnxRuntimeException e) when (Model.OnnxGraph is not null)
        {
            throw new InvalidDataException($"ONNX Runtime could not run the graph '{Model.GraphFile}' of '{Model.Name}': {e.Message}", e);
        }
    }

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
        // ONNX Runtime copies only the weights of the graph itself to a GPU.
        if (model.Device.Gpu is not null)
            return new InferenceSession(BertGraph.Create(model.Config, Outputs, model.Weights!, standsAlone: true).ToModel(), _options);
        OnnxGraph graph = BertGraph.Create(model.Config, Outputs, model.Weights!, standsAlone: false, weights.AreUnsigned);
        // ONNX Runtime packs constants only, and what is also an input is none.
        foreach ((string name, GraphWeight weight) in graph.Weights.Where(entry => weights.IsInPlace(entry.Key)))
            graph.Input(name, weight.ElementType, [.. weight.Shape.Cast<object>()]);
        return Open(graph, _options, weights.Get, weights.Packed);
    }

    /// <summary>
    /// Creates the options of a session with one thread per operator: the calling threads use the cores, each with a separate batch. Shapes
    /// differ from run to run, so memory patterns for each would only accumulate.
    /// </summary>
    public static SessionOptions CreateOptions() => new()
    {
        IntraOpNumThreads = 1,
        InterOpNumThreads = 1,
        ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
        EnableMemoryPattern = false,
        LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
    };

    /// <summary>Opens a graph of this library that declares its weights.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="options">The other options of the session.</param>
    /// <param name="value">Gets a weight by its name in the graph.</param>
    /// <param name="packed">The container of packed matrices.</param>
    public static InferenceSession Open(
        OnnxGraph graph, SessionOptions options, Func<string, GraphWeight, OrtValue> value, PrePackedWeightsContainer packed)
    {
        // The graph is already optimized, and opens faster without the optimizer.
        options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
        // The folder of the graph's weights: any existing folder, regardless of the working directory.
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

    /// <summary>
    /// Returns the name of the only output with three dimensions, if the hidden states are requested and it has no known name.
    /// </summary>
    private string? NameByShape(EncoderOutput output)
    {
        if (output.Kind != EncoderOutputKind.LastHiddenState)
            return null;
        string[] names = [.. _session.OutputMetadata.Where(found => found.Value.Dimensions.Length == 3).Select(found => found.Key)];
        return names is [var only] && !Enum.GetValues<EncoderOutputKind>().Any(kind => NamesOf(new(kind)).Contains(only)) ? only : null;
    }

    /// <summary>Returns the names of an output in the graphs of exporters.</summary>
    public static string[] NamesOf(EncoderOutput output) => output.Kind switch
    {
        EncoderOutputKind.LastHiddenState => [output.Name, "token_embeddings"], // sentence-transformers' name for it
        // Of a model that has no other head.
        EncoderOutputKind.NextSentenceLogits or EncoderOutputKind.MaskedWordLogits => [output.Name, "logits"],
        _ => [output.Name],
    };

    private string FindOutput(EncoderOutput output)
    {
        string name = NamesOf(output).FirstOrDefault(_session.OutputMetadata.ContainsKey) ?? NameByShape(output) ?? output.Name;
        if (!_session.OutputMetadata.TryGetValue(name, out NodeMetadata? metadata))
            throw new NotSupportedException(
                $"The ONNX graph '{Model.GraphFile}' of '{Model.Name}' has no output {output.Name}; it has " +
                $"{string.Join(", ", _session.OutputMetadata.Keys)}. Request one of these, or export the graph again with it." +
                (Model.GraphVectorSize is null ? "" : " ApplyBertEmbedding returns its sentence_embedding if Pooling is null."));
        if (metadata.ElementDataType != TensorElementType.Float)
            throw new NotSupportedException(
                $"The ONNX graph '{Model.GraphFile}' of '{Model.Name}' has the output {name} of type {metadata.ElementDataType}; it must " +
                "be Float. Export it in float32.");
        long[] shape = Shape(Outputs.IndexOf(output), rows: -1, length: -1, positions: -1);
        if (metadata.Dimensions.Length != shape.Length)
            throw new NotSupportedException(
                $"The ONNX graph '{Model.GraphFile}' of '{Model.Name}' has the output {name} of shape " +
                $"{ShapeText.Of(metadata.Dimensions)}, which is for another task: {ShapeText.Of(shape)} is needed. Open a checkpoint " +
                "for this task.");
        if (shape[^1] > 0 && metadata.Dimensions[^1] > 0 && metadata.Dimensions[^1] != shape[^1])
        {
            throw new InvalidDataException(
                $"The ONNX graph '{Model.GraphFile}' of '{Model.Name}' has the output {name} of shape " +
                $"{ShapeText.Of(metadata.Dimensions)}, but its config.json requires {ShapeText.Of(shape)}. " +
                "Check that the files belong together, and that id2label names all labels.");
        }
        return name;
    }
}
