using System.Runtime.InteropServices;
using Bert.MLNet.Encoders;

namespace Bert.MLNet.Tasks;

/// <summary>The part of a text that the model reads at once, with the results that a task needs.</summary>
/// <typeparam name="TKept">The part of the encoder's outputs that the task keeps.</typeparam>
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

    /// <summary>The tokens whose words are to be predicted; empty in most tasks.</summary>
    public List<int> MaskedTokens { get; } = [];

    ReadOnlySpan<int> ISequence.MaskedTokens => CollectionsMarshal.AsSpan(MaskedTokens);
}
