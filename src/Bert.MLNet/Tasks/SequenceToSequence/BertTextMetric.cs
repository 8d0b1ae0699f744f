namespace Bert.MLNet;

/// <summary>How <see cref="SequenceToSequenceTrainer"/> compares epochs on validation rows.</summary>
public enum BertTextMetric
{
    /// <summary>The mean loss of a token, given the correct tokens before it. Needs no generation.</summary>
    Loss,

    /// <summary>BLEU of the generated texts, from 0 to 100, as in <c>EvaluateTranslation</c>.</summary>
    Bleu,

    /// <summary>The mean F1 score of ROUGE-L of the generated texts, from 0 to 1, as in <c>EvaluateSummarization</c>.</summary>
    RougeL,
}
