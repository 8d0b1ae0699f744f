namespace Bert.MLNet.Tasks;

/// <summary>Finds the answers to a question in all windows of its context.</summary>
internal sealed class AnswerSearch(BertQuestionAnsweringEstimator.Options options)
{
    /// <summary>Finds the answers.</summary>
    /// <param name="context">The context.</param>
    /// <param name="windows">The windows of the context, with the logits of start and end for each token.</param>
    public AnswersInContext Find(ReadOnlyMemory<char> context, IEnumerable<(BertEncoding Window, float[] Starts, float[] Ends)> windows)
    {
        int count = options.TopK ?? 1;
        var found = new List<AnswerSpan>();
        float none = float.PositiveInfinity;
        foreach ((BertEncoding window, float[] starts, float[] ends) in windows)
        {
            (List<AnswerSpan> spans, float noAnswer) = SpanSearch.Find(window, starts, ends, count, options.MaxAnswerLength);
            found.AddRange(spans.Select(span =>
            {
                (int start, int end) = TextPart.Trimmed(context.Span, span.Start, span.End);
                return span with { Start = start, End = end };
            }));
            none = Math.Min(none, noAnswer);
        }
        // Overlapping windows find an answer twice.
        List<AnswerSpan> answers = [.. found.OrderByDescending(answer => answer.Score).DistinctBy(answer => (answer.Start, answer.End))];
        double best = answers.Count > 0 ? answers[0].Score : 0;
        float share = none > 0 ? (float)(none / (none + best)) : 0;
        if (options.HandleImpossibleAnswer)
        {
            int place = share > options.NoAnswerThreshold ? 0 : Math.Max(1, answers.Count(answer => answer.Score >= none));
            answers.Insert(Math.Min(place, answers.Count), new AnswerSpan(none, 0, 0));
        }
        return new AnswersInContext(context, [.. answers.Take(count)], share);
    }
}
