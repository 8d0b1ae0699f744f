using System.Security.Cryptography;
using System.Text;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tokenization;

namespace Bert.MLNet;

public sealed partial class BertTokenizer
{
    private const string VocabularyName = "vocab.txt";
    private const string JsonName = "tokenizer.json";

    /// <summary>Every file that a tokenizer is read from.</summary>
    internal static readonly string[] FileNames = [VocabularyName, JsonName, TokenizerConfig.FileName, TokenizerConfig.SpecialTokensName, TokenizerConfig.AddedTokensName];

    /// <summary>
    /// Reads the tokenizer of a checkpoint's folder: <c>tokenizer.json</c> or else <c>vocab.txt</c>, and over it
    /// <c>tokenizer_config.json</c>, <c>special_tokens_map.json</c> and <c>added_tokens.json</c> where they are.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The folder has neither of the two files.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or contradicts another.</exception>
    /// <exception cref="NotSupportedException">The tokenizer is not BERT's; the message names the part that is not.</exception>
    public static BertTokenizer FromPretrained(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder '{folder}'. Give the folder of a checkpoint, with its vocab.txt or tokenizer.json.");
        WholeFolder.Check(folder);
        return ReadFrom(new FolderSource(folder));
    }

    /// <summary>The same tokenizer with other options; all else that its files say stays.</summary>
    /// <exception cref="InvalidDataException">The vocabulary lacks a special token that the options name.</exception>
    public BertTokenizer WithOptions(BertTokenizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        TokenizerSpecification specification = (_specification with { Options = options })
            .Add(options.SpecialTokens.Except(_specification.AddedTokens.Select(token => token.Content))
                .Where(token => _specification.WordPieces.TryGetId(token, out _)).Select(token => new AddedToken(token) { Special = true }));
        string config = TokenizerConfig.Write(options, _files[TokenizerConfig.FileName]);
        var files = new Dictionary<string, string>(_files)
        {
            [TokenizerConfig.FileName] = config,
            [TokenizerConfig.SpecialTokensName] = TokenizerConfig.WriteSpecialTokensMap(options, _files[TokenizerConfig.SpecialTokensName], config),
        };
        return new BertTokenizer(specification, files);
    }

    /// <summary>
    /// Writes the files that <see cref="FromPretrained"/> and HuggingFace's libraries read: <c>vocab.txt</c>,
    /// <c>tokenizer_config.json</c>, <c>special_tokens_map.json</c>, and <c>tokenizer.json</c> if the tokenizer came from one.
    /// They replace those of a tokenizer that is there, as a whole or, after a failure, not at all.
    /// </summary>
    /// <param name="folder">The folder; it is created when it is not there.</param>
    public void Save(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        WholeFolder.Write(folder, VocabularyName, WriteTo, _ => FileNames);
    }

    /// <summary>A name made from the content: equal for tokenizers that are saved as equal files.</summary>
    internal string ContentHash
    {
        get
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach ((string name, string text) in _files.OrderBy(file => file.Key, StringComparer.Ordinal).Prepend(KeyValuePair.Create(VocabularyName, _specification.WordPieces.ToText())))
                hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0{text}\0"));
            return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
        }
    }

    /// <param name="files">The files of a checkpoint.</param>
    /// <param name="tokenizerClass">The <c>tokenizer_class</c> where they name none; null for BERT's.</param>
    internal static BertTokenizer ReadFrom(FileSource files, string? tokenizerClass = null)
    {
        string? json = files.ReadText(JsonName, BoundedText.Vocabulary);
        TokenizerClass? kind = json is null ? TokenizerConfig.ReadClass(files, tokenizerClass) : null;
        TokenizerSpecification specification = kind is null
            ? TokenizerJson.Read(json!, files.Describe(JsonName)) with { File = files.Describe(JsonName) }
            : new TokenizerSpecification(ReadVocabulary(files), [], kind.Options) { Row = kind.Row, File = files.Describe(VocabularyName) };
        specification = TokenizerConfig.Apply(specification, files, kind);

        var texts = new Dictionary<string, string>();
        foreach (string name in (string[])[JsonName, TokenizerConfig.FileName, TokenizerConfig.SpecialTokensName, TokenizerConfig.AddedTokensName])
        {
            if (files.ReadText(name, BoundedText.Vocabulary) is { } text)
                texts[name] = text;
        }
        if (!texts.TryGetValue(TokenizerConfig.FileName, out string? config))
            texts.Add(TokenizerConfig.FileName, config = TokenizerConfig.Write(specification.Options, null, kind));
        if (!texts.ContainsKey(TokenizerConfig.SpecialTokensName))
            texts.Add(TokenizerConfig.SpecialTokensName, TokenizerConfig.WriteSpecialTokensMap(specification.Options, null, config));
        return new BertTokenizer(specification, texts);
    }

    /// <summary>Writes the files of <see cref="Save"/> through a function that creates one by its name; each is closed before the next is made.</summary>
    internal void WriteTo(Func<string, Stream> create)
    {
        Write(VocabularyName, _specification.WordPieces.ToText());
        foreach ((string name, string text) in _files)
            Write(name, text);

        void Write(string name, string text)
        {
            using var writer = new StreamWriter(create(name));
            writer.Write(text);
        }
    }

    private static BertVocabulary ReadVocabulary(FileSource files)
    {
        string file = files.Describe(VocabularyName);
        if (!files.Contains(VocabularyName))
            throw new FileNotFoundException($"There is neither '{file}' nor a tokenizer.json beside it. Copy or download the whole checkpoint.", file);
        using Stream stream = files.Open(VocabularyName);
        return BertVocabulary.Load(stream, file);
    }
}
