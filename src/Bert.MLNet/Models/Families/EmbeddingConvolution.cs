namespace Bert.MLNet.Models.Families;

/// <summary>
/// A convolution of the embeddings over neighbouring tokens. It follows the first layer, whose output it is added to and normalized with.
/// Tokens without attention count as zeros.
/// </summary>
/// <param name="Name">The canonical name of its part of the encoder, with a <c>conv</c> and a <c>LayerNorm</c>.</param>
/// <param name="Size">The number of tokens that it reads for each token, which is odd.</param>
/// <param name="Groups">The number of groups of values; a result depends only on the values of its group.</param>
/// <param name="Activation">The activation function of its result.</param>
internal sealed record EmbeddingConvolution(string Name, int Size, int Groups, BertActivation Activation)
{
    /// <summary>The canonical name of the weight, [hidden, hidden / groups, size].</summary>
    public string Weight => Name + ".conv.weight";

    /// <summary>The canonical name of the bias, [hidden].</summary>
    public string Bias => Name + ".conv.bias";

    /// <summary>The canonical name of the LayerNorm.</summary>
    public string Norm => Name + ".LayerNorm";

    /// <summary>The number of tokens on either side that it reads.</summary>
    public int Padding => Size / 2;
}
