namespace Bert.MLNet.Tokenization;

/// <summary>Applies several pre-tokenizers in order. Without any, the whole text is one word.</summary>
internal sealed class PreTokenizerChain(params IReadOnlyList<PreTokenizerStep> steps) : TextPreTokenizer
{
    private readonly PreTokenizerStep[] _steps = [.. steps];

    public override bool IsLocal { get; } = steps.Count > 0 && steps.All(step => step.IsLocal);

    public override bool NeedsAlignment { get; } = steps.Any(step => step.NeedsAlignment);

    public override void Tokenize(in NormalizedText text, int from, int to, TokenModel model, ref TokenBuffer output)
    {
        if (from == to)
            return;
        if (_steps.Length == 0)
        {
            model.Match(text, from, to - from, ref output);
            return;
        }
        WordList words = Split(text, from, to);
        for (int i = 0; i < words.Count; i++)
            model.Match(words.Text, words.Start(i), words.End(i) - words.Start(i), ref output);
        words.Dispose();
    }

    public override IEnumerable<(int Offset, int Length)> Words(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || _steps.Length == 0)
            return text.IsEmpty ? [] : [(0, text.Length)];
        var normalized = new NormalizedText(text.Length, aligned: true);
        normalized.Assign(text, 0);
        WordList words = Split(normalized, 0, normalized.Length);
        var places = new List<(int, int)>(words.Count);
        for (int i = 0; i < words.Count; i++)
        {
            int start = words.Text.StartOf(words.Start(i));
            places.Add((start, words.Text.EndOf(words.End(i) - 1) - start));
        }
        words.Dispose();
        normalized.Dispose();
        return places;
    }

    private WordList Split(in NormalizedText text, int from, int to)
    {
        var words = new WordList(to - from + 16, text.Starts is not null);
        _steps[0].Split(text, from, to, ref words);
        foreach (PreTokenizerStep step in _steps.AsSpan(1))
        {
            var next = new WordList(words.Text.Length + words.Count + 16, text.Starts is not null);
            for (int i = 0; i < words.Count; i++)
                step.Split(words.Text, words.Start(i), words.End(i), ref next);
            words.Dispose();
            words = next;
        }
        return words;
    }
}
