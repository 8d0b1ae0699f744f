namespace Bert.MLNet.Tasks;

/// <summary>Creates the sequences of a question and its context: a single one, or overlapping windows of the context.</summary>
internal sealed class QuestionWindows(BertTokenizer tokenizer, int maxLength, int stride)
{
    private static readonly BertEncodeOptions Bare = new() { AddSpecialTokens = false };

    private readonly BertEncodeOptions _encoding = TextWindows.Encoding(maxLength, stride, BertTruncation.OnlySecond);

    /// <summary>Returns the first window, which contains the others as overflow.</summary>
    public BertEncoding Of(string question, string context) => tokenizer.Encode(Shortened(question, context), context, _encoding);

    /// <summary>Truncates a question that would leave no room for a long context in the windows.</summary>
    private string Shortened(string question, string context)
    {
        int budget = maxLength - tokenizer.Row.SpecialTokens(hasPair: true);
        int most = budget - stride - 1;
        // A token has at least one character.
        if (question.Length <= most)
            return question;
        BertEncoding tokens = tokenizer.Encode(question, options: Bare);
        return tokens.Length <= most || tokens.Length + tokenizer.Encode(context, options: Bare).Length <= budget
            ? question
            : question[..tokens.Offsets[most - 1].End];
    }
}
