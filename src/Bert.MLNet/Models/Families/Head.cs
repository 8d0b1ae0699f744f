namespace Bert.MLNet.Models.Families;

/// <summary>The head of an encoder for a task: a sequence of layers from hidden states to logits.</summary>
/// <param name="Kind">The task.</param>
/// <param name="Layers">The layers, at least one.</param>
internal sealed record Head(HeadKind Kind, params IReadOnlyList<HeadLayer> Layers)
{
    /// <summary>The suffix of the name of the class with this head.</summary>
    public string Task { get; init; } = Kind.ToString();

    /// <summary>Whether the head reads the mean of a row's hidden states instead of the first token's. Default: false.</summary>
    public bool ReadsMean { get; init; }

    /// <summary>The bidirectional LSTM that reads all hidden states first; null if there is none.</summary>
    public HeadLayer? Lstm => Layers[0].LstmSize > 0 ? Layers[0] : null;

    /// <summary>The layers after the LSTM.</summary>
    public IEnumerable<HeadLayer> DenseLayers => Layers.Where(layer => layer.LstmSize == 0);

    /// <summary>The name suffixes of other classes with the same head.</summary>
    public IReadOnlyList<string> OtherClasses { get; init; } = [];

    /// <summary>The canonical names and shapes of its tensors.</summary>
    public IEnumerable<(string Name, int[] Shape)> Tensors => Layers.SelectMany(layer => layer.Tensors);
}

/// <summary>A layer of a head: dropout, dense, activation, LayerNorm; or a bidirectional LSTM.</summary>
/// <param name="Name">The canonical name of the dense layer.</param>
/// <param name="Inputs">The number of inputs.</param>
/// <param name="Outputs">The number of outputs.</param>
/// <param name="Activation">The activation function, or null.</param>
internal sealed record HeadLayer(string Name, int Inputs, int Outputs, BertActivation? Activation = null)
{
    /// <summary>The dropout before the layer in training.</summary>
    public double Dropout { get; init; }

    /// <summary>The canonical name of a LayerNorm after the activation, or null.</summary>
    public string? Norm { get; init; }

    /// <summary>The largest size of an LSTM, far above any that is useful.</summary>
    public const int LargestLstm = 65_536;

    /// <summary>The suffix of the tensors of an LSTM's backward direction.</summary>
    public const string Reverse = "_reverse";

    /// <summary>
    /// The size of each direction of a bidirectional LSTM, which the layer then is instead of a dense layer; 0 for a dense layer.
    /// </summary>
    public int LstmSize { get; init; }

    /// <summary>The canonical name of the weight, [outputs, inputs].</summary>
    public string Weight => Name + ".weight";

    /// <summary>The canonical name of the bias, [outputs]; null for none.</summary>
    public string? Bias { get; init; } = Name + ".bias";

    /// <summary>Whether the LayerNorm adds a bias. Default: true.</summary>
    public bool NormHasBias { get; init; } = true;

    public IEnumerable<(string Name, int[] Shape)> Tensors => LstmSize > 0 ? [.. Direction(""), .. Direction(Reverse)] :
    [
        (Weight, [Outputs, Inputs]),
        .. Bias is null ? Array.Empty<(string, int[])>() : [(Bias, [Outputs])],
        .. Norm is null ? Array.Empty<(string, int[])>() : [(Norm + ".weight", [Outputs])],
        .. Norm is null || !NormHasBias ? Array.Empty<(string, int[])>() : [(Norm + ".bias", [Outputs])],
    ];

    private IEnumerable<(string Name, int[] Shape)> Direction(string suffix) =>
    [
        ($"{Name}.weight_ih_l0{suffix}", [4 * LstmSize, Inputs]), ($"{Name}.weight_hh_l0{suffix}", [4 * LstmSize, LstmSize]),
        ($"{Name}.bias_ih_l0{suffix}", [4 * LstmSize]), ($"{Name}.bias_hh_l0{suffix}", [4 * LstmSize]),
    ];
}
