using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;

namespace Bert.MLNet.Tasks;

/// <summary>Question and context to answers.</summary>
internal sealed class QuestionAnsweringTask : WindowTask<QuestionAnsweringTask.Logits, AnswersInContext>
{
    private static readonly BertEncodeOptions Bare = new() { AddSpecialTokens = false };

    private readonly BertTokenizer _tokenizer;
    private readonly QuestionAnsweringSettings _settings;
    private readonly BertEncodeOptions _encoding;

    /// <summary>A window's logits, one a token.</summary>
    internal sealed record Logits(float[] Starts, float[] Ends);

    public QuestionAnsweringTask(BertModel model, QuestionAnsweringSettings settings) : base(model, new(EncoderOutput.StartLogits, EncoderOutput.EndLogits))
    {
        _tokenizer = model.Tokenizer;
        _settings = settings;
        _encoding = new BertEncodeOptions { MaxLength = settings.MaxLength, Truncation = BertTruncation.OnlySecond, Stride = settings.Stride };
    }

    protected override int ValuesOfToken => 2;

    protected override TokenWindow<Logits>[] Tokenize(TextRow row)
    {
        string question = row.Text.ToString(), context = row.Pair.ToString();
        return TextWindows.Of<Logits>(_tokenizer.Encode(Shortened(question, context), context, _encoding));
    }

    protected override Logits Keep(EncoderBatch batch, int row, int position, TokenWindow<Logits> window) =>
        new([.. batch.Output(0, row)[..window.Length]], [.. batch.Output(1, row)[..window.Length]]);

    protected override AnswersInContext Answer(TextRow row, TokenWindow<Logits>[] windows)
    {
        int count = _settings.TopK ?? 1;
        var answers = new List<AnswerSpan>();
        float noAnswer = float.PositiveInfinity;
        foreach (TokenWindow<Logits> window in windows)
        {
            (List<AnswerSpan> spans, float none) = SpanSearch.Find(window.Encoding, window.Kept.Starts, window.Kept.Ends, count, _settings.MaxAnswerLength);
            answers.AddRange(spans);
            noAnswer = Math.Min(noAnswer, none);
        }
        // Windows that overlap find an answer twice.
        IEnumerable<AnswerSpan> distinct = answers.OrderByDescending(answer => answer.Score).DistinctBy(answer => (answer.Start, answer.End));
        if (_settings.HandleImpossibleAnswer)
            distinct = distinct.Append(new AnswerSpan(noAnswer, 0, 0)).OrderByDescending(answer => answer.Score);
        return new AnswersInContext(row.Pair, [.. distinct.Take(count)]);
    }

    /// <summary>A question that leaves the windows of a long context no room loses its end.</summary>
    private string Shortened(string question, string context)
    {
        int budget = _settings.MaxLength - 3;
        int most = budget - _settings.Stride - 1;
        // A token has at least one character.
        if (question.Length <= most)
            return question;
        BertEncoding tokens = _tokenizer.Encode(question, options: Bare);
        return tokens.Length <= most || tokens.Length + _tokenizer.Encode(context, options: Bare).Length <= budget ? question : question[..tokens.Offsets[most - 1].End];
    }
}
