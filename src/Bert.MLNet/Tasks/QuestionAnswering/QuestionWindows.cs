namespace Bert.MLNet.Tasks;

/// <summary>Makes the sequences of a question and its context: one, or windows of the context that overlap.</summary>
internal sealed class QuestionWindows(BertTokenizer tokenizer, int maxLength, int stride)
{
    private static readonly BertEncodeOptions Bare = new() { AddSpecialTokens = false };

    private readonly BertEncodeOptions _encoding = TextWindows.Encoding(maxLength, stride, BertTruncation.OnlySecond);

    /// <summary>The first window; the others overflow.</summary>
    public BertEncoding Of(string question, string context) => tokenizer.Encode(Shortened(question, context), context, _encoding);

    /// <summary>A question that leaves the windows of a long context no room loses its end.</summary>
    private string Shortened(string question, string context)
    {
        int budget = maxLength - tokenizer.Row.SpecialTokens(hasPair: true);
        int most = budget - stride - 1;
        // A token has at least one character.
        if (question.Length <= most)
            return question;
        BertEncoding tokens = tokenizer.Encode(question, options: Bare);
        return tokens.Length <= most || tokens.Length + tokenizer.Encode(context, options: Bare).Length <= budget ? question : question[..tokens.Offsets[most - 1].End];
    }
}
