namespace Bert.MLNet.Experiments;

/// <summary>The trainings on vectors that an experiment compares.</summary>
internal static class VectorGrid
{
    /// <summary>Returns n-grams first, and then the vectors of each checkpoint.</summary>
    /// <param name="models">The checkpoints.</param>
    /// <param name="ngrams">The trainers for n-grams.</param>
    /// <param name="ofModels">The kinds of vectors of a checkpoint, with their trainers. Static embeddings are not converted again.</param>
    public static IEnumerable<VectorContender> Of(
        IReadOnlyList<(BertModel Model, string Name)> models, IReadOnlyList<VectorTrainerChoice> ngrams,
        params IReadOnlyList<(VectorKind Kind, VectorTrainerChoice[] Trainers)> ofModels) =>
    [
        .. ngrams.Select(trainer => new VectorContender(VectorKind.NGrams, trainer)),
        .. from model in models
           from kind in ofModels
           where !kind.Kind.IsStatic || model.Model.Table is null
           from trainer in kind.Trainers
           select new VectorContender(kind.Kind, trainer) { Model = model.Model, ModelName = model.Name },
    ];
}
