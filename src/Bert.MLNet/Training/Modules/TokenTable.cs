using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// A table of static embeddings as a module, in place of an encoder. A batch changes few of its rows, so its gradient is sparse.
/// </summary>
internal sealed class TokenTable : ExplicitModule
{
    private readonly Embedding _words;

    /// <summary>Creates a module with random vectors from torch's default generator.</summary>
    public TokenTable(BertConfig config) : base(nameof(TokenTable))
    {
        _words = InitialWeights.Table(config.InitializerRange, config.VocabSize, config.HiddenSize, sparse: true);
        ModuleGroup.Register(this, "embeddings.word_embeddings", _words);
    }

    /// <returns>The mean of the vectors of each row's tokens, [rows, width]; zeros for a row without tokens.</returns>
    public Tensor Means(PaddedBatch batch) => batch.Mean(_words);
}
