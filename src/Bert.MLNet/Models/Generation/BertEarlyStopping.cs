namespace Bert.MLNet;

/// <summary>When a beam search ends that has found as many complete texts as it has beams (HuggingFace's <c>early_stopping</c>).</summary>
public enum BertEarlyStopping
{
    /// <summary>
    /// When the best incomplete text, with its present length, scores no higher than the worst complete one (<c>false</c>, the default).
    /// </summary>
    Heuristic,

    /// <summary>At once (<c>true</c>).</summary>
    WhenComplete,

    /// <summary>
    /// When no incomplete text can score higher than the worst complete one, whatever its length becomes (<c>"never"</c>).
    /// </summary>
    Never,
}
