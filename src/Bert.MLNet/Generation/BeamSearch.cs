namespace Bert.MLNet.Generation;

/// <summary>
/// A beam search as in transformers 4.52. Of the likeliest continuations of its texts, twice as many as it has beams, those that end are
/// complete if they are among the first half, and the others fill the beams again. The best complete texts are kept.
/// </summary>
internal sealed class BeamSearch : TextSearch
{
    private readonly int _beams;
    private readonly List<GeneratedSequence> _complete = [];
    private readonly (double Score, int Text, int Token)[] _candidates;
    private int[][] _texts, _next;
    private double[] _scores, _nextScores;
    private readonly int[] _parents;
    private int _length = 1;

    /// <param name="options">The options.</param>
    /// <param name="start">The token from which texts are continued.</param>
    /// <param name="end">The token that ends a text.</param>
    public BeamSearch(BertGenerationOptions options, int start, int end) : base(options, end)
    {
        _beams = options.NumBeams;
        _candidates = new (double, int, int)[2 * _beams];
        (_texts, _next) = (Texts(), Texts());
        (_scores, _nextScores, _parents) = (new double[_beams], new double[_beams], new int[_beams]);
        _texts[0][0] = start;

        int[][] Texts() => [.. Enumerable.Range(0, _beams).Select(_ => new int[options.MaxLength])];
    }

    public override IReadOnlyList<GeneratedSequence> Found => [.. _complete.Take(Options.NumReturnSequences)];

    public override int Token(int text) => _texts[text][_length - 1];

    public override int Parent(int text) => _parents[text];

    public override void Advance(TextScores scores)
    {
        int count = FindCandidates(scores), running = 0;
        bool wasFull = _complete.Count == _beams, isLast = _length + 1 == Options.MaxLength;
        for (int rank = 0; rank < count; rank++)
        {
            (double score, int text, int token) = _candidates[rank];
            if (isLast || token == End)
            {
                if (rank < _beams && !(wasFull && Options.EarlyStopping == BertEarlyStopping.WhenComplete))
                    Complete(score, text, token);
            }
            else if (running < _beams)
            {
                Continue(running++, score, text, token);
            }
        }
        bool mustEnd = running == 0;
        // A vocabulary can have fewer candidates than there are beams. The others repeat one that cannot be chosen.
        for (; running > 0 && running < _beams; running++)
            Continue(running, double.NegativeInfinity, _candidates[0].Text, End);
        (_texts, _next) = (_next, _texts);
        (_scores, _nextScores) = (_nextScores, _scores);
        _length++;
        Count = _beams;
        IsDone = mustEnd || !CanImprove();
    }

    private bool CanImprove()
    {
        if (_complete.Count < _beams)
            return true;
        bool reachesFar = Options.EarlyStopping == BertEarlyStopping.Never && Options.LengthPenalty > 0;
        double best = TokenScores.Penalized(_scores[0], (reachesFar ? Options.MaxLength : _length) - 1, Options.LengthPenalty);
        return Options.EarlyStopping != BertEarlyStopping.WhenComplete && best > _complete[^1].Score;
    }

    private void Complete(double score, int text, int token)
    {
        double penalized = TokenScores.Penalized(score, _length, Options.LengthPenalty);
        if (_complete.Count == _beams && penalized <= _complete[^1].Score)
            return;
        int place = _complete.FindIndex(other => other.Score < penalized);
        _complete.Insert(place < 0 ? _complete.Count : place, new([.. _texts[text].AsSpan(0, _length), token], penalized));
        if (_complete.Count > _beams)
            _complete.RemoveAt(_beams);
    }

    private void Continue(int place, double score, int text, int token)
    {
        _texts[text].AsSpan(0, _length).CopyTo(_next[place]);
        _next[place][_length] = token;
        (_nextScores[place], _parents[place]) = (score, text);
    }

    /// <summary>Finds the best continuations, the best first; of equals, the one with the lower text and token.</summary>
    private int FindCandidates(TextScores scores)
    {
        int count = 0;
        for (int text = 0; text < Count; text++)
        {
            if (double.IsNegativeInfinity(_scores[text]))
                continue;
            Span<float> next = scores(text);
            double all = TokenScores.LogSumExp(next), before = _scores[text] - all;
            TokenScores.Process(next, all, _texts[text].AsSpan(0, _length), Options, End);
            double least = count < _candidates.Length ? double.NegativeInfinity : _candidates[^1].Score;
            for (int token = 0; token < next.Length; token++)
            {
                double score = before + next[token];
                if (score > least)
                {
                    Insert(ref count, (score, text, token));
                    least = count < _candidates.Length ? double.NegativeInfinity : _candidates[^1].Score;
                }
            }
        }
        return count;
    }

    private void Insert(ref int count, (double Score, int Text, int Token) candidate)
    {
        int place = count < _candidates.Length ? count++ : count - 1;
        for (; place > 0 && _candidates[place - 1].Score < candidate.Score; place--)
            _candidates[place] = _candidates[place - 1];
        _candidates[place] = candidate;
    }
}
