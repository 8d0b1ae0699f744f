namespace Bert.MLNet.Cli.Datasets;

/// <summary>A question on a context and its right answers: a row to learn from, and the columns of the models that come out.</summary>
internal sealed class QuestionRow
{
    public string Context { get; set; } = "";

    public string Question { get; set; } = "";

    /// <summary>Any of them is right; none: the context has no answer.</summary>
    public string[] TrainingAnswer { get; set; } = [];

    /// <summary>Where they begin in the context.</summary>
    public int[] AnswerIndex { get; set; } = [];
}

/// <summary>The answers that a model finds, the best first.</summary>
internal sealed class FoundAnswers
{
    public string[] Answer { get; set; } = [];

    public float[] Score { get; set; } = [];

    public int[] AnswerStart { get; set; } = [];

    public int[] AnswerEnd { get; set; } = [];
}
