using System.Text;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tokenization;

namespace Bert.MLNet;

/// <summary>Maps tokens to ids. Immutable and thread-safe.</summary>
public sealed class BertVocabulary
{
    /// <summary>The maximum number of tokens. Embeddings of more tokens would not fit into one tensor.</summary>
    internal const int MaxSize = 2_000_000;

    private readonly Dictionary<string, int> _ids;
    private readonly string?[] _tokens;

    /// <summary>Creates a vocabulary in which the id of a token is its position.</summary>
    /// <remarks>If a token occurs more than once, its last position is used.</remarks>
    public BertVocabulary(IEnumerable<string> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        _tokens = [.. tokens];
        _ids = new Dictionary<string, int>(_tokens.Length);
        for (int id = 0; id < _tokens.Length; id++)
        {
            string token = _tokens[id]!;
            if (_ids.TryGetValue(token, out int earlier))
                _tokens[earlier] = null;
            _ids[token] = id;
        }
    }

    internal BertVocabulary(IEnumerable<KeyValuePair<string, int>> ids)
    {
        _ids = new Dictionary<string, int>(ids.TryGetNonEnumeratedCount(out int count) ? count : 0);
        foreach ((string token, int id) in ids)
            _ids[token] = id;
        _tokens = new string?[_ids.Count == 0 ? 0 : _ids.Values.Max() + 1];
        foreach ((string token, int id) in _ids)
            _tokens[id] = token;
    }

    /// <summary>One more than the largest id: the number of rows that an embedding table requires.</summary>
    public int Size => _tokens.Length;

    /// <summary>The tokens and their ids.</summary>
    public IReadOnlyDictionary<string, int> Ids => _ids;

    /// <summary>Whether the last line of the vocabulary file has no line end, as if the file was cut off.</summary>
    internal bool LastLineIsOpen { get; private init; }

    /// <summary>Returns the token with the specified id, or null if there is none.</summary>
    public string? this[int id] => (uint)id < (uint)_tokens.Length ? _tokens[id] : null;

    /// <summary>Looks up the id of a token; case-sensitive.</summary>
    public bool TryGetId(string token, out int id)
    {
        ArgumentNullException.ThrowIfNull(token);
        return _ids.TryGetValue(token, out id);
    }

    /// <summary>Reads a <c>vocab.txt</c>: UTF-8 with one token per line, whose id is the line number counted from 0.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="InvalidDataException">The file contains no tokens or too many (more than 2,000,000), is not UTF-8, or was cut
    /// off.</exception>
    public static BertVocabulary Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"The vocabulary file '{path}' does not exist. Pass the vocab.txt of the checkpoint.", path);
        using FileStream stream = File.OpenRead(path);
        return Load(stream, path);
    }

    /// <summary>Reads a <c>vocab.txt</c> from a stream, which remains open.</summary>
    /// <param name="stream">UTF-8 text with one token per line, whose id is the line number counted from 0.</param>
    /// <param name="name">The name of the stream in messages.</param>
    /// <exception cref="InvalidDataException">There are no tokens or too many (more than 2,000,000), the text is not UTF-8, or it was cut
    /// off.</exception>
    public static BertVocabulary Load(Stream stream, string name = "the stream")
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        string text = BoundedText.Read(stream, name, BoundedText.Vocabulary);
        using var reader = new StringReader(text);
        var tokens = new List<string>(capacity: 1 << 15); // the size of most vocabularies
        while (reader.ReadLine() is { } token)
        {
            if (tokens.Count == MaxSize)
                throw new InvalidDataException(
                    $"The vocabulary in '{name}' has more than {MaxSize} tokens. Use the vocab.txt of a checkpoint.");
            tokens.Add(token);
        }
        if (tokens.Count == 0)
            throw new InvalidDataException($"The vocabulary in '{name}' is empty. Use the vocab.txt of a checkpoint.");
        var vocabulary = new BertVocabulary(tokens) { LastLineIsOpen = text[^1] is not ('\n' or '\r') };
        // A cut-off token that equals another token would replace it; a bare "##" is not a token.
        if (vocabulary.LastLineIsOpen && (tokens[^1] == "##" || tokens.IndexOf(tokens[^1]) < tokens.Count - 1))
            throw new InvalidDataException(
                $"The vocabulary in '{name}' is cut off within its last line, '{tokens[^1]}'. Copy or download the file again.");
        return vocabulary;
    }

    /// <summary>Writes a <c>vocab.txt</c>, completely or not at all. An id without a token becomes a line <c>[unusedN]</c>.</summary>
    public void Save(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        WholeFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            writer.Write(ToText());
        });
    }

    internal string ToText()
    {
        var text = new StringBuilder();
        for (int id = 0; id < _tokens.Length; id++)
            text.Append(_tokens[id] ?? $"[unused{id}]").Append('\n');
        return text.ToString();
    }

    /// <summary>
    /// Learns a vocabulary from text. Text is normalized and split into words as in the tokenizer. The vocabulary contains the special
    /// tokens first, then the alphabet, then the pieces in the order in which they were found. The same text and options always produce the
    /// same vocabulary, regardless of the number of cores. The algorithm is that of HuggingFace's <c>WordPieceTrainer</c>: byte-pair
    /// encoding with <c>##</c> before symbols that continue a word.
    /// </summary>
    /// <param name="text">Lines or paragraphs, which are read once, in order, and never held in memory all at once.</param>
    /// <param name="size">The number of tokens to learn; fewer if no more pieces reach the minimum count. Default: that of BERT.</param>
    /// <param name="minimumCount">How often two adjacent symbols must occur to be joined. Default 2.</param>
    /// <param name="alphabetLimit">The number of most frequent characters to keep; others become unknown. Default 1,000.</param>
    /// <param name="options">How text is normalized, and the special tokens. Default: lowercased, as for <c>bert-base-uncased</c>.</param>
    /// <param name="cancellationToken">Stops training with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small; the message names it.</exception>
    /// <exception cref="ArgumentException">The size is too small for the special tokens and the alphabet.</exception>
    /// <exception cref="InvalidDataException">The text contains no words.</exception>
    public static BertVocabulary Train(
        IEnumerable<string> text,
        int size = 30_522,
        int minimumCount = 2,
        int alphabetLimit = 1_000,
        BertTokenizerOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        AtLeast(1, size, nameof(size));
        AtLeast(0, minimumCount, nameof(minimumCount));
        AtLeast(1, alphabetLimit, nameof(alphabetLimit));
        options ??= new BertTokenizerOptions();
        Dictionary<string, long> words = WordCounter.Count(
            text, BertNormalizer.Create(options), BertPreTokenizer.Instance, Environment.ProcessorCount, cancellationToken);
        return new BertVocabulary(
            WordPieceTrainer.Train(words, options.SpecialTokens, size, minimumCount, alphabetLimit, cancellationToken));

        static void AtLeast(int least, int value, string name)
        {
            if (value < least)
                throw new ArgumentOutOfRangeException(name, $"{name} is {value}; it must be at least {least}.");
        }
    }
}
