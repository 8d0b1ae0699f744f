using System.Runtime.InteropServices;
using Bert.MLNet.Encoders;

namespace Bert.MLNet.Generation;

/// <summary>
/// Writes texts for sources: encodes the sources of a batch, then adds a token to all texts in each step, until the search of every source
/// has ended. Sources whose search has ended are dropped from the batch. Thread-safe.
/// </summary>
internal sealed class TextGenerator : IDisposable
{
    private readonly EncoderSession _encoder;
    private readonly DecoderSession _decoder;

    /// <param name="model">A model with a decoder.</param>
    /// <param name="attends">Whether the decoder's attention to sources is an output, which <see cref="AttentionOf"/> needs.</param>
    /// <exception cref="NotSupportedException">The model has none.</exception>
    public TextGenerator(BertModel model, bool attends = false)
    {
        _decoder = new DecoderSession(model, attends);
        try
        {
            _encoder = EncoderSession.Acquire(model, new(EncoderOutput.LastHiddenState));
        }
        catch
        {
            _decoder.Dispose();
            throw;
        }
    }

    /// <summary>Writes texts.</summary>
    /// <param name="sources">The sources, at least one, the longest first. Each receives its texts, the best first.</param>
    /// <param name="options">The options, which must be valid.</param>
    /// <param name="checkAlive">Called before each step; throws to cancel.</param>
    public void Run(
        ReadOnlySpan<TokenSequence<GeneratedSequence[]>> sources, BertGenerationOptions options, Action? checkAlive = null)
    {
        int perSource = options.DoSample ? options.NumReturnSequences : 1;
        int[] rows = new int[sources.Length * perSource];
        for (int i = 0; i < rows.Length; i++)
            rows[i] = i / perSource;
        TextSearch[] searches = Searches(sources, options, perSource);
        using (DecoderBatch batch = _decoder.Rent())
        {
            Encode(sources, batch, rows);
            Run(batch, searches, checkAlive);
        }
        for (int i = 0; i < sources.Length; i++)
        {
            IEnumerable<TextSearch> own = searches.Skip(i * perSource).Take(perSource);
            sources[i].Kept = [.. own.SelectMany(search => search.Found).OrderByDescending(text => text.Score)];
        }
    }

    /// <summary>Computes the scores of each next token of given texts, with the same steps, for comparisons.</summary>
    /// <param name="source">The tokens of the source.</param>
    /// <param name="text">The tokens of the text, from the start token.</param>
    public float[][] ScoresOf(TokenSequence<GeneratedSequence[]> source, IReadOnlyList<int> text)
    {
        using DecoderBatch batch = _decoder.Rent();
        Encode([source], batch, [0]);
        float[][] scores = new float[text.Count][];
        for (int i = 0; i < scores.Length; i++)
        {
            batch.Step([text[i]], [0]);
            scores[i] = batch.Scores(0).ToArray();
        }
        return scores;
    }

    /// <summary>Computes the attention of the tokens of a given text to its source.</summary>
    /// <param name="source">The tokens of the source.</param>
    /// <param name="text">The tokens of the text, from the start token.</param>
    /// <returns>The probabilities, [layers, heads, tokens of the text, tokens of the source].</returns>
    public float[] AttentionOf(TokenSequence<GeneratedSequence[]> source, IReadOnlyList<int> text)
    {
        BertConfig config = _decoder.Decoder.Config;
        int length = source.Length, heads = config.NumAttentionHeads;
        float[] attention = new float[config.NumHiddenLayers * heads * text.Count * length];
        using DecoderBatch batch = _decoder.Rent();
        Encode([source], batch, [0]);
        for (int i = 0; i < text.Count; i++)
        {
            batch.Step([text[i]], [0]);
            for (int row = 0; row < config.NumHiddenLayers * heads; row++)
                batch.Attention(row / heads).Slice(row % heads * length, length).CopyTo(attention.AsSpan((row * text.Count + i) * length));
        }
        return attention;
    }

    public void Dispose()
    {
        _encoder.Dispose();
        _decoder.Dispose();
    }

    private TextSearch[] Searches(
        ReadOnlySpan<TokenSequence<GeneratedSequence[]>> sources, BertGenerationOptions options, int perSource)
    {
        (int start, int end) = (_decoder.Decoder.StartTokenId, _decoder.Decoder.EndTokenId);
        var searches = new TextSearch[sources.Length * perSource];
        for (int i = 0; i < searches.Length; i++)
        {
            ReadOnlySpan<int> source = CollectionsMarshal.AsSpan(sources[i / perSource].Ids);
            searches[i] = options.NumBeams > 1
                ? new BeamSearch(options, start, end)
                : new SingleSearch(options, start, end, options.DoSample ? new TokenSampler(options, source, i % perSource) : null);
        }
        return searches;
    }

    private void Encode(ReadOnlySpan<TokenSequence<GeneratedSequence[]>> sources, DecoderBatch batch, int[] rows)
    {
        int[] lengths = new int[sources.Length];
        using EncoderBatch encoded = _encoder.Rent(sources.Length, sources[0].Length);
        for (int row = 0; row < lengths.Length; row++)
        {
            sources[row].Fill(encoded, row);
            lengths[row] = sources[row].Length;
        }
        encoded.Run();
        batch.Begin(encoded, lengths, rows);
    }

    private static void Run(DecoderBatch batch, TextSearch[] searches, Action? checkAlive)
    {
        List<int> active = [.. Enumerable.Range(0, searches.Length)], kept = [];
        List<int> tokens = [.. searches.Select(search => search.Token(0))], parents = [.. searches.Select(_ => 0)];
        while (active.Count > 0)
        {
            checkAlive?.Invoke();
            batch.Step(CollectionsMarshal.AsSpan(tokens), CollectionsMarshal.AsSpan(parents));
            tokens.Clear();
            parents.Clear();
            kept.Clear();
            for (int place = 0; place < active.Count; place++)
            {
                TextSearch search = searches[active[place]];
                int first = place * search.Count;
                search.Advance(text => batch.Scores(first + text));
                if (search.IsDone)
                    continue;
                kept.Add(place);
                for (int text = 0; text < search.Count; text++)
                {
                    tokens.Add(search.Token(text));
                    parents.Add(first + search.Parent(text));
                }
            }
            if (kept.Count == active.Count)
                continue;
            batch.Keep(CollectionsMarshal.AsSpan(kept));
            active = [.. kept.Select(place => active[place])];
        }
    }
}
