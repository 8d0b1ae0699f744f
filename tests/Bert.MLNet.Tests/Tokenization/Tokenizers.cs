using System.Collections.Concurrent;

namespace Bert.MLNet.Tests.Tokenization;

/// <summary>Tokenizers on the vocabularies of <c>shared/vocab</c>, each made once.</summary>
internal static class Tokenizers
{
    private static readonly ConcurrentDictionary<(string, BertTokenizerOptions), BertTokenizer> s_made = new();

    private static readonly BertTokenizerOptions s_uncased = new();

    public static BertTokenizer Uncased => Get("bert-base-uncased", s_uncased);

    public static BertTokenizer Get(string vocabulary, BertTokenizerOptions options) =>
        s_made.GetOrAdd((vocabulary, options), _ => BertTokenizer.Create(Shared.Folder("vocab", vocabulary + ".vocab.txt"), options));
}
