namespace Bert.MLNet.Training;

/// <summary>
/// A module that a trainer trains. Its state uses the canonical names of <see cref="Models.BertWeights"/> in every family.
/// </summary>
internal abstract class TrainableModule(string name, BertConfig config) : ExplicitModule(name)
{
    public BertConfig Config => config;

    /// <summary>How a text becomes a vector, with the trained weights of its modules; null if the task does not determine it.</summary>
    public virtual BertSentenceOptions? Sentence => null;
}
