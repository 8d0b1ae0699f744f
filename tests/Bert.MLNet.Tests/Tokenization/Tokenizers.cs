using System.Collections.Concurrent;

namespace Bert.MLNet.Tests.Tokenization;

/// <summary>Tokenizers, each made once: on the vocabularies of <c>shared/vocab</c>, and the one of this repository.</summary>
internal static class Tokenizers
{
    private static readonly ConcurrentDictionary<(string, BertTokenizerOptions), BertTokenizer> s_made = new();

    private static readonly ConcurrentDictionary<string, BertTokenizer> s_ofModels = new();

    private static readonly BertTokenizerOptions s_uncased = new();

    /// <summary>The tokenizer that ships with the repository.</summary>
    public static BertTokenizer Shipped { get; } = BertTokenizer.FromPretrained(Path.Combine(Shared.Repository, "data", "models", "bert-mini-en"));

    /// <summary>The tokenizer of a reference checkpoint.</summary>
    public static BertTokenizer OfModel(string name) => s_ofModels.GetOrAdd(name, _ => BertTokenizer.FromPretrained(Shared.Folder("reference", "models", name)));

    public static BertTokenizer Uncased => Get("bert-base-uncased", s_uncased);

    public static BertTokenizer Get(string vocabulary, BertTokenizerOptions options) =>
        s_made.GetOrAdd((vocabulary, options), _ => BertTokenizer.Create(Shared.Folder("vocab", vocabulary + ".vocab.txt"), options));
}
