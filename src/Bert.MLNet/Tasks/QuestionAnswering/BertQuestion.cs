namespace Bert.MLNet;

/// <summary>A question and the text to search for its answer. Immutable.</summary>
public sealed record BertQuestion
{
    /// <summary>Initializes a question.</summary>
    /// <param name="question">The question.</param>
    /// <param name="context">The text that contains the answer, of any length.</param>
    public BertQuestion(string question, string context)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(context);
        (Question, Context) = (question, context);
    }

    /// <summary>The question.</summary>
    public string Question { get; }

    /// <summary>The text that contains the answer.</summary>
    public string Context { get; }
}
