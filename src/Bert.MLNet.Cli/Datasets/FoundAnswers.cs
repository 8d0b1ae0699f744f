namespace Bert.MLNet.Cli.Datasets;

/// <summary>The answers that a model finds, the best first.</summary>
internal sealed class FoundAnswers
{
    public string[] Answer { get; set; } = [];

    public float[] Score { get; set; } = [];

    public int[] AnswerStart { get; set; } = [];

    public int[] AnswerEnd { get; set; } = [];
}
