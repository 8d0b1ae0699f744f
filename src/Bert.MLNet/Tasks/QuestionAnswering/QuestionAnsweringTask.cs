using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;

namespace Bert.MLNet.Tasks;

/// <summary>Finds answers to a question in a context.</summary>
internal sealed class QuestionAnsweringTask : WindowTask<QuestionAnsweringTask.Logits, AnswersInContext>
{
    private readonly QuestionWindows _windows;
    private readonly AnswerSearch _search;

    /// <summary>The logits of a window, one for each token.</summary>
    internal sealed record Logits(float[] Starts, float[] Ends);

    /// <param name="options">The resolved options.</param>
    public QuestionAnsweringTask(BertQuestionAnsweringEstimator.Options options)
        : base(options.Checkpoint, new(EncoderOutput.StartLogits, EncoderOutput.EndLogits))
    {
        _windows = new QuestionWindows(options.Checkpoint.Tokenizer, options.MaxLength!.Value, options.Stride!.Value);
        _search = new AnswerSearch(options);
    }

    protected override int ValuesOfToken => 2;

    protected override TokenWindow<Logits>[] Tokenize(TextRow row) =>
        TextWindows.Of<Logits>(_windows.Of(row.Text.ToString(), row.Pair.ToString()));

    protected override Logits Kept(TokenWindow<Logits> window, SequenceOutputs outputs) =>
        new([.. outputs[0][..window.Length]], [.. outputs[1][..window.Length]]);

    protected override AnswersInContext Answer(TextRow row, TokenWindow<Logits>[] windows) =>
        _search.Find(row.Pair, windows.Select(window => (window.Encoding, window.Kept.Starts, window.Kept.Ends)));
}
