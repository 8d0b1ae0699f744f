namespace Bert.MLNet.Tasks;

/// <summary>Finds the answers in a window of a context, as HuggingFace's <c>QuestionAnsweringPipeline</c> does.</summary>
internal static class SpanSearch
{
    /// <summary>
    /// Finds the best spans, without duplicates, and the score of "no answer". Starts and ends are probabilities over the tokens of
    /// the context and [CLS], which represents "no answer". The score of a span is their product. Spans are then extended to whole
    /// words.
    /// </summary>
    /// <param name="encoding">The question and the window of the context.</param>
    /// <param name="startLogits">The logit of the start for each token.</param>
    /// <param name="endLogits">The logit of the end for each token.</param>
    /// <param name="count">The number of spans.</param>
    /// <param name="maxTokens">The maximum length of a span in tokens.</param>
    public static (List<AnswerSpan> Spans, float NoAnswer) Find(
        BertEncoding encoding, ReadOnlySpan<float> startLogits, ReadOnlySpan<float> endLogits, int count, int maxTokens)
    {
        int[] context = [.. Enumerable.Range(0, encoding.Length).Where(token => encoding.SequenceIds[token] == 1)];
        float[] starts = Softmax(startLogits, context), ends = Softmax(endLogits, context);

        var candidates = new List<(float Score, int Start, int End)>();
        for (int start = 0; start < context.Length; start++)
        {
            for (int end = start; end < Math.Min(start + maxTokens, context.Length); end++)
                candidates.Add((starts[start + 1] * ends[end + 1], start, end));
        }

        var spans = new List<AnswerSpan>();
        foreach ((float score, int start, int end) in candidates.OrderByDescending(candidate => candidate.Score))
        {
            int first = WordStart(encoding, context[start]), last = WordEnd(encoding, context[end]);
            var span = new AnswerSpan(score, encoding.Offsets[first].Start, encoding.Offsets[last].End);
            if (!spans.Exists(other => other.Start == span.Start && other.End == span.End))
                spans.Add(span);
            if (spans.Count == count)
                break;
        }
        return (spans, starts[0] * ends[0]);
    }

    /// <summary>Computes the probabilities of [CLS] and of the context's tokens.</summary>
    private static float[] Softmax(ReadOnlySpan<float> logits, int[] context)
    {
        float[] values = new float[context.Length + 1];
        values[0] = logits[0];
        for (int i = 0; i < context.Length; i++)
            values[i + 1] = logits[context[i]];
        Probabilities.Softmax(values, values);
        return values;
    }

    private static int WordStart(BertEncoding encoding, int token)
    {
        while (encoding.SequenceIds[token - 1] == 1 && encoding.WordIds[token - 1] == encoding.WordIds[token])
            token--;
        return token;
    }

    private static int WordEnd(BertEncoding encoding, int token)
    {
        while (encoding.SequenceIds[token + 1] == 1 && encoding.WordIds[token + 1] == encoding.WordIds[token])
            token++;
        return token;
    }
}
