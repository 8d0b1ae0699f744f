namespace Bert.MLNet.Models.Families;

/// <summary>What stands on an encoder for a task: layers one after the other, from hidden states to logits.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Layers">The layers, at least one.</param>
internal sealed record Head(HeadKind Kind, params IReadOnlyList<HeadLayer> Layers)
{
    /// <summary>The ends of the names of other classes that have this head, too.</summary>
    public IReadOnlyList<string> OtherClasses { get; init; } = [];

    /// <summary>Whether its last layer belongs to the labels that were learned, so that other labels need a new one.</summary>
    public bool IsPerLabel => Kind is HeadKind.SequenceClassification or HeadKind.TokenClassification or HeadKind.QuestionAnswering;

    /// <summary>Its tensors by canonical name, and their shapes.</summary>
    public IEnumerable<(string Name, int[] Shape)> Tensors => Layers.SelectMany(layer => layer.Tensors);
}

/// <summary>A dense layer of a head, with what goes before and after it: dropout, dense, activation, LayerNorm.</summary>
/// <param name="Name">The canonical name of its dense layer.</param>
/// <param name="Inputs">Values that it reads.</param>
/// <param name="Outputs">Values that it computes.</param>
/// <param name="Activation">The function of its outputs; null for none.</param>
internal sealed record HeadLayer(string Name, int Inputs, int Outputs, BertActivation? Activation = null)
{
    /// <summary>Dropout before it in training.</summary>
    public double Dropout { get; init; }

    /// <summary>The canonical name of a LayerNorm behind its activation; null for none.</summary>
    public string? Norm { get; init; }

    /// <summary>The canonical name of its weight, [outputs, inputs].</summary>
    public string Weight => Name + ".weight";

    /// <summary>The canonical name of its bias, [outputs].</summary>
    public string Bias { get; init; } = Name + ".bias";

    public IEnumerable<(string Name, int[] Shape)> Tensors =>
    [
        (Weight, [Outputs, Inputs]), (Bias, [Outputs]),
        .. Norm is null ? Array.Empty<(string, int[])>() : [(Norm + ".weight", [Outputs]), (Norm + ".bias", [Outputs])],
    ];
}
