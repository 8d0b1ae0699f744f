using System.Collections.Concurrent;

namespace Bert.MLNet.Tests.Tokenization;

/// <summary>Tokenizers, each made once: on the vocabularies of <c>shared/vocab</c>, and the one of this repository.</summary>
internal static class Tokenizers
{
    private static readonly ConcurrentDictionary<(string, BertTokenizerOptions), BertTokenizer> s_made = new();

    private static readonly ConcurrentDictionary<(string, bool), BertTokenizer> s_ofFolders = new();

    private static readonly BertTokenizerOptions s_uncased = new();

    /// <summary>The tokenizer that ships with the repository.</summary>
    public static BertTokenizer Shipped { get; } =
        BertTokenizer.FromPretrained(Path.Combine(Shared.Repository, "data", "models", "bert-mini-en"));

    /// <summary>The tokenizer of a folder among the references.</summary>
    public static BertTokenizer OfFolder(bool addPrefixSpace, params string[] folder) =>
        s_ofFolders.GetOrAdd((string.Join('/', folder), addPrefixSpace), _ =>
    {
        BertTokenizer tokenizer = BertTokenizer.FromPretrained(Shared.Folder(["reference", .. folder]));
        return addPrefixSpace ? tokenizer.WithOptions(tokenizer.Options with { AddPrefixSpace = true }) : tokenizer;
    });

    public static BertTokenizer Uncased => Get("bert-base-uncased", s_uncased);

    public static BertTokenizer Get(string vocabulary, BertTokenizerOptions options) =>
        s_made.GetOrAdd((vocabulary, options), _ => BertTokenizer.Create(Shared.Folder("vocab", vocabulary + ".vocab.txt"), options));
}
