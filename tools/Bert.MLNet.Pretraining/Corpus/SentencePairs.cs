namespace Bert.MLNet.Pretraining;

/// <summary>
/// Draws pairs of token rows with similar meanings from plain text without labels: neighboring sentences, two crops of one paragraph, a
/// sentence and the same sentence with tokens dropped, and a headword and its definition ("term: meaning").
/// </summary>
internal sealed class SentencePairs
{
    private static readonly string[] SentenceEnds = [".", "?", "!"];

    private readonly TokenCorpus _corpus;
    private readonly (int Start, int End)[] _sentences; // in the corpus' ids
    private readonly int[] _neighbours;                 // sentences that are followed by one of the same document
    private readonly int[] _paragraphs;                 // lines long enough to be cropped twice
    private readonly (int Start, int Colon, int End)[] _definitions;
    private readonly SentencePairOptions _options;
    private readonly double _shares;

    /// <param name="corpus">The text.</param>
    /// <param name="documents">Numbers of the documents to draw from.</param>
    /// <param name="tokenizer">The tokenizer of the corpus: a period, question mark or exclamation mark ends a sentence.</param>
    /// <param name="options">How often each kind is drawn.</param>
    /// <exception cref="ArgumentException">There is no sentence long enough.</exception>
    public SentencePairs(TokenCorpus corpus, IEnumerable<int> documents, BertTokenizer tokenizer, SentencePairOptions options)
    {
        HashSet<int> sentenceEnds = [.. SentenceEnds.Select(Id).OfType<int>()];
        int? colon = Id(":");
        _corpus = corpus;
        _options = options;
        _shares = options.Neighbours + options.Crops + options.Dropped + options.Definitions;
        var sentences = new List<(int Start, int End)>();
        var neighbours = new List<int>();
        var paragraphs = new List<int>();
        var definitions = new List<(int Start, int Colon, int End)>();
        foreach (int document in documents)
        {
            (int firstLine, int lastLine) = corpus.LinesOf(document);
            int first = sentences.Count;
            for (int line = firstLine; line < lastLine; line++)
            {
                (int start, int end) = corpus.LineRange(line);
                if (end - start >= options.MinTokens * 3)
                    paragraphs.Add(line);
                int at = lastLine - firstLine == 1 && colon is { } id
                    ? corpus.Ids.AsSpan(start..Math.Min(end, start + options.MaxTokens)).IndexOf((ushort)id)
                    : -1;
                if (at > 0 && end - start - at > options.MinTokens)
                    definitions.Add((start, start + at, end));
                AddSentences(start, end, sentenceEnds, sentences);
            }
            for (int i = first; i < sentences.Count - 1; i++)
                neighbours.Add(i);
        }
        if (sentences.Count == 0)
            throw new ArgumentException(
                $"The text has no sentence of {options.MinTokens} tokens or more, so there is nothing to pair.", nameof(corpus));
        (_sentences, _neighbours, _paragraphs, _definitions) = ([.. sentences], [.. neighbours], [.. paragraphs], [.. definitions]);

        int? Id(string token) => tokenizer.Vocabulary.TryGetId(token, out int id) ? id : null;
    }

    /// <summary>Draws a pair; either side has at most <see cref="SentencePairOptions.MaxTokens"/> tokens, without special ones.</summary>
    public (ushort[] First, ushort[] Second) Next(Random random)
    {
        double chance = random.NextDouble() * _shares;
        if ((chance -= _options.Definitions) < 0 && _definitions.Length > 0)
        {
            (int start, int colon, int end) = _definitions[random.Next(_definitions.Length)];
            return (Take(start, colon), Take(colon + 1, end));
        }
        if ((chance -= _options.Crops) < 0 && _paragraphs.Length > 0)
        {
            (int start, int end) = _corpus.LineRange(_paragraphs[random.Next(_paragraphs.Length)]);
            return (Crop(start, end, random), Crop(start, end, random));
        }
        if ((chance -= _options.Dropped) < 0 || _neighbours.Length == 0)
        {
            (int start, int end) = _sentences[random.Next(_sentences.Length)];
            return (Take(start, end), Drop(Take(start, end), random));
        }
        int sentence = _neighbours[random.Next(_neighbours.Length)];
        return (Take(_sentences[sentence]), Take(_sentences[sentence + 1]));
    }

    private void AddSentences(int start, int end, HashSet<int> ends, List<(int Start, int End)> sentences)
    {
        for (int i = start; i < end; i++)
        {
            if (i + 1 < end && (!ends.Contains(_corpus.Ids[i]) || i + 1 - start < _options.MinTokens))
                continue;
            if (i + 1 - start >= _options.MinTokens)
                sentences.Add((start, i + 1));
            start = i + 1;
        }
    }

    private ushort[] Take((int Start, int End) range) => Take(range.Start, range.End);

    private ushort[] Take(int start, int end) => _corpus.Ids[start..Math.Min(end, start + _options.MaxTokens)];

    private ushort[] Crop(int start, int end, Random random)
    {
        int length = random.Next(_options.MinTokens, Math.Min(_options.MaxTokens, (end - start) * 2 / 3) + 1);
        int from = random.Next(start, end - length + 1);
        return _corpus.Ids[from..(from + length)];
    }

    private ushort[] Drop(ushort[] ids, Random random)
    {
        double share = _options.DropShare * random.NextDouble() * 2;
        ushort[] kept = [.. ids.Where(_ => random.NextDouble() >= share)];
        return kept.Length > 0 ? kept : ids;
    }
}
