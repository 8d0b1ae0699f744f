using Bert.MLNet.Encoders;
using Bert.MLNet.Generation;
using Microsoft.ML.OnnxRuntime;

namespace Bert.MLNet.Benchmarks;

/// <summary>
/// The same searches as the library's, in batches of the same sources, on a decoder that keeps nothing: each step computes all tokens of
/// all texts again.
/// </summary>
internal sealed class ForgetfulGenerator : IDisposable
{
    private readonly BertModel _model;
    private readonly EncoderSession _encoder;
    private readonly EncoderWeights _weights;
    private readonly SessionOptions _options = OnnxEncoder.CreateOptions();
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();

    public ForgetfulGenerator(BertModel model)
    {
        _model = model;
        BertDecoder decoder = model.Decoder!;
        _encoder = EncoderSession.Acquire(model, new(EncoderOutput.LastHiddenState));
        _weights = new EncoderWeights(decoder.Weights);
        OnnxGraph graph = WholeTextGraph.Create(decoder.Config, decoder.Weights, model.Config.HiddenSize);
        _session = OnnxEncoder.Open(graph, _options, _weights.Get, _weights.Packed);
    }

    /// <summary>Writes texts for sources, the longest first.</summary>
    public IReadOnlyList<GeneratedSequence[]> Run(IReadOnlyList<int[]> sources, BertGenerationOptions options)
    {
        (int start, int end) = (_model.Decoder!.StartTokenId, _model.Decoder.EndTokenId);
        int length = sources[0].Length, width = _model.Config.HiddenSize;
        float[] states;
        using (EncoderBatch batch = _encoder.Rent(sources.Count, length))
        {
            for (int row = 0; row < sources.Count; row++)
                batch.Fill(row, sources[row], sources[row].Length);
            batch.Run();
            states = [.. Enumerable.Range(0, sources.Count).SelectMany(row => batch.Output(0, row).ToArray())];
        }
        BeamSearch[] searches = [.. sources.Select(_ => new BeamSearch(options, start, end))];
        List<int> active = [.. Enumerable.Range(0, sources.Count)];
        List<long[]> texts = [.. sources.Select(_ => new long[] { start })];
        while (active.Count > 0)
        {
            int perSource = texts.Count / active.Count;
            float[] scores = Scores(texts, active, perSource, states, sources, length, width);
            int vocabulary = scores.Length / texts.Count;
            List<int> kept = [];
            List<long[]> next = [];
            for (int place = 0; place < active.Count; place++)
            {
                BeamSearch search = searches[active[place]];
                int first = place * perSource;
                search.Advance(text => scores.AsSpan((first + text) * vocabulary, vocabulary));
                if (search.IsDone)
                    continue;
                kept.Add(active[place]);
                for (int text = 0; text < search.Count; text++)
                    next.Add([.. texts[first + search.Parent(text)], search.Token(text)]);
            }
            (active, texts) = (kept, next);
        }
        return [.. searches.Select(search => search.Found.ToArray())];
    }

    public void Dispose()
    {
        _session.Dispose();
        _options.Dispose();
        _weights.Dispose();
        _run.Dispose();
        _encoder.Dispose();
    }

    private float[] Scores(
        List<long[]> texts, List<int> active, int perSource, float[] states, IReadOnlyList<int[]> sources, int length, int width)
    {
        int tokens = texts[0].Length;
        float[] read = new float[texts.Count * length * width], bias = new float[texts.Count * length], causal = new float[tokens * tokens];
        for (int text = 0; text < texts.Count; text++)
        {
            int source = active[text / perSource];
            states.AsSpan(source * length * width, length * width).CopyTo(read.AsSpan(text * length * width));
            bias.AsSpan(text * length, length)[sources[source].Length..].Fill(float.MinValue);
        }
        for (int i = 0; i < tokens; i++)
            causal.AsSpan(i * tokens, tokens)[(i + 1)..].Fill(float.MinValue);
        using OrtValue ids = OrtValue.CreateTensorValueFromMemory(texts.SelectMany(text => text).ToArray(), [texts.Count, tokens]);
        using OrtValue given = OrtValue.CreateTensorValueFromMemory(read, [texts.Count, length, width]);
        using OrtValue sourceBias = OrtValue.CreateTensorValueFromMemory(bias, [texts.Count, 1, 1, length]);
        using OrtValue order = OrtValue.CreateTensorValueFromMemory(causal, [1, 1, tokens, tokens]);
        using IDisposableReadOnlyCollection<OrtValue> results = _session.Run(
            _run, [WholeTextGraph.Tokens, WholeTextGraph.States, WholeTextGraph.SourceBias, WholeTextGraph.Causal],
            [ids, given, sourceBias, order], [WholeTextGraph.Scores]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
