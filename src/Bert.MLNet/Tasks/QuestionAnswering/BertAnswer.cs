using Bert.MLNet.Tasks;

namespace Bert.MLNet;

/// <summary>The part of a context that answers a question. Immutable.</summary>
public sealed record BertAnswer
{
    private BertAnswer(string text, float score, int start, int end) => (Text, Score, Start, End) = (text, score, start, end);

    /// <summary>
    /// The answer, as it is written in the context. Empty for "no answer", which only
    /// <see cref="BertQuestionAnsweringEstimator.Options.HandleImpossibleAnswer"/> allows.
    /// </summary>
    public string Text { get; }

    /// <summary>The product of the probabilities of the answer's start and end, from 0 to 1.</summary>
    public float Score { get; }

    /// <summary>The start in the context, in UTF-16 code units.</summary>
    public int Start { get; }

    /// <summary>The end in the context, so that <c>context[Start..End]</c> is the answer.</summary>
    public int End { get; }

    /// <summary>Returns the answers in a context, best first.</summary>
    internal static IReadOnlyList<BertAnswer> Of(AnswersInContext found) =>
        [.. found.Answers.Select(span => new BertAnswer(found.TextOf(span).ToString(), span.Score, span.Start, span.End))];
}
