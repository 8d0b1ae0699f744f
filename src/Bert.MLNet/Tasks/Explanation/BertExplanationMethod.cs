namespace Bert.MLNet;

/// <summary>The methods by which words are weighed.</summary>
public enum BertExplanationMethod
{
    /// <summary>
    /// The drop of the score when <c>[MASK]</c> takes the place of the word's tokens (Zeiler and Fergus, 2014, arXiv:1311.2901; Li et al.,
    /// 2016, arXiv:1612.08220). A text is computed once more for each of its words.
    /// </summary>
    Occlusion,

    /// <summary>
    /// The word's share in the difference between the score and that of a text of <c>[MASK]</c> (Sundararajan et al., 2017,
    /// arXiv:1703.01365), over the outputs of the embeddings. The weights add up to this difference. Requires libtorch, as training does,
    /// and float weights. Rows are computed one after another, by libtorch's own threads.
    /// </summary>
    IntegratedGradients,
}
