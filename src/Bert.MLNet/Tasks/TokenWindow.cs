using System.Runtime.InteropServices;
using Bert.MLNet.Encoders;

namespace Bert.MLNet.Tasks;

/// <summary>As much of a text as fits the model at once, on its way to the answers of a task.</summary>
/// <typeparam name="TKept">What the task keeps of the encoder's outputs.</typeparam>
internal sealed class TokenWindow<TKept> : TokenSequence<TKept>, ISequence
    where TKept : class
{
    public TokenWindow(BertEncoding encoding)
    {
        Encoding = encoding;
        Ids.AddRange(encoding.Ids);
        PairStart = encoding.TypeStart;
    }

    public BertEncoding Encoding { get; }

    /// <summary>The tokens whose words are asked for; none in most tasks.</summary>
    public List<int> MaskedTokens { get; } = [];

    ReadOnlySpan<int> ISequence.MaskedTokens => CollectionsMarshal.AsSpan(MaskedTokens);
}
