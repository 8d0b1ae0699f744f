using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;

namespace Bert.MLNet.Benchmarks;

/// <summary>ONNX Runtime without ML.NET, as somebody would write it who knows it well.</summary>
internal sealed class BareOnnxRuntime : IDisposable
{
    private const int Budget = 512, Batch = 32;
    private static readonly string[] Outputs = ["last_hidden_state"];

    private readonly string[] _inputs;
    private readonly BertTokenizer _tokenizer;
    private readonly int _width;
    private readonly int _threads;
    private readonly SessionOptions _wide = new(), _narrow = new()
    {
        IntraOpNumThreads = 1,
        InterOpNumThreads = 1,
        EnableMemoryPattern = false,
    };
    private readonly InferenceSession _oneCore;
    private readonly Lazy<InferenceSession> _allCores;
    private readonly RunOptions _run = new();

    public BareOnnxRuntime(BertTokenizer tokenizer, string modelFile, int width, int threads)
    {
        _tokenizer = tokenizer;
        _width = width;
        _threads = threads;
        _wide.IntraOpNumThreads = threads;
        _oneCore = new InferenceSession(modelFile, _narrow);
        _inputs = [.. _oneCore.InputMetadata.Keys];
        _allCores = new Lazy<InferenceSession>(() => new InferenceSession(modelFile, _wide));
    }

    public Contender OneByOne => new(
        $"bare ONNX Runtime, one by one, {_threads} threads in an operator", _threads,
        texts => [.. texts.Select(text => Run(_allCores.Value, [Tokenize(text)])[0])]);

    public Contender OneByOneOnOneThread =>
        new("bare ONNX Runtime, one by one, one thread", 1, texts => [.. texts.Select(text => Run(_oneCore, [Tokenize(text)])[0])]);

    public Contender Sorted => new($"bare ONNX Runtime, sorted, {Budget} tokens a batch, {_threads} calling threads", _threads, texts =>
    {
        int[][] tokens = TokenizeAll(texts);
        int[] order = [.. Enumerable.Range(0, tokens.Length).OrderByDescending(i => tokens[i].Length)];
        var batches = new List<int[]>();
        for (int start = 0; start < order.Length; start += batches[^1].Length)
            batches.Add([.. order.Skip(start).Take(Math.Max(1, Budget / tokens[order[start]].Length))]);

        return Run(batches, tokens);
    });

    public Contender InOrder =>
        new($"bare ONNX Runtime, in the given order, {Batch} texts a batch, {_threads} calling threads", _threads, texts =>
            Run([.. Enumerable.Range(0, texts.Count).Chunk(Batch)], TokenizeAll(texts)));

    public void Dispose()
    {
        if (_allCores.IsValueCreated)
            _allCores.Value.Dispose();
        _oneCore.Dispose();
        _wide.Dispose();
        _narrow.Dispose();
        _run.Dispose();
    }

    private int[][] TokenizeAll(IReadOnlyList<string> texts)
    {
        int[][] tokens = new int[texts.Count][];
        Parallel.For(0, texts.Count, new ParallelOptions { MaxDegreeOfParallelism = _threads }, i => tokens[i] = Tokenize(texts[i]));
        return tokens;
    }

    private float[][] Run(IReadOnlyList<int[]> batches, int[][] tokens)
    {
        float[][] vectors = new float[tokens.Length][];
        Parallel.ForEach(batches, new ParallelOptions { MaxDegreeOfParallelism = _threads }, batch =>
        {
            float[][] computed = Run(_oneCore, [.. batch.Select(i => tokens[i])]);
            for (int i = 0; i < batch.Length; i++)
                vectors[batch[i]] = computed[i];
        });
        return vectors;
    }

    private int[] Tokenize(string text)
    {
        var ids = new List<int>();
        _tokenizer.EncodeTo(text, "", hasPair: false, 512, BertTruncation.LongestFirst, ids, out _);
        return [.. ids];
    }

    /// <summary>Runs a batch and takes the means.</summary>
    private float[][] Run(InferenceSession session, int[][] rows)
    {
        int length = rows.Max(row => row.Length);
        long[] ids = new long[rows.Length * length], mask = new long[ids.Length], types = new long[ids.Length];
        Array.Fill(ids, _tokenizer.PadTokenId);
        for (int i = 0; i < rows.Length; i++)
        {
            for (int j = 0; j < rows[i].Length; j++)
            {
                ids[i * length + j] = rows[i][j];
                mask[i * length + j] = 1;
            }
        }
        long[] shape = [rows.Length, length];
        using OrtValue idValue = OrtValue.CreateTensorValueFromMemory(ids, shape),
            maskValue = OrtValue.CreateTensorValueFromMemory(mask, shape);
        using OrtValue typeValue = OrtValue.CreateTensorValueFromMemory(types, shape);
        OrtValue[] inputs = [.. _inputs.Select(name =>
            name switch { "input_ids" => idValue, "attention_mask" => maskValue, _ => typeValue })];
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(_run, _inputs, inputs, Outputs);
        ReadOnlySpan<float> hidden = results[0].GetTensorDataAsSpan<float>();
        float[][] vectors = new float[rows.Length][];
        for (int i = 0; i < rows.Length; i++)
        {
            float[] vector = vectors[i] = new float[_width];
            for (int j = 0; j < rows[i].Length; j++)
                TensorPrimitives.Add(vector, hidden.Slice((i * length + j) * _width, _width), vector);
            TensorPrimitives.Divide(vector, rows[i].Length, vector);
        }
        return vectors;
    }
}
