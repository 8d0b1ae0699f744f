using System.Security.Cryptography;
using System.Text;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tokenization;

namespace Bert.MLNet;

public sealed partial class BertTokenizer
{
    private const string JsonName = "tokenizer.json";

    /// <summary>The files that contain a vocabulary in a format other than <c>vocab.txt</c>.</summary>
    private static readonly string[] VocabularyNames =
        [JsonName, BpeFiles.VocabularyName, BpeFiles.MergesName, SentencePieceTokenizers.BpeName, SentencePieceTokenizers.PieceName,
            SentencePieceTokenizers.ModelName];

    /// <summary>All files that a tokenizer can be read from.</summary>
    internal static readonly string[] FileNames =
        [VocabularyFiles.LinesName, .. VocabularyNames, TokenizerConfig.FileName, TokenizerConfig.SpecialTokensName,
            TokenizerConfig.AddedTokensName];

    /// <summary>
    /// Reads the tokenizer from the folder of a checkpoint. The vocabulary is read from <c>tokenizer.json</c> or, if that is missing, from
    /// <c>vocab.txt</c>, from <c>vocab.json</c> with <c>merges.txt</c>, or from a SentencePiece model. Settings in
    /// <c>tokenizer_config.json</c>, <c>special_tokens_map.json</c> and <c>added_tokens.json</c>, if present, are then applied.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="FileNotFoundException">The folder contains none of these vocabularies.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or contradicts another file.</exception>
    /// <exception cref="NotSupportedException">The tokenizer contains a part that is not supported; the message names it.</exception>
    public static BertTokenizer FromPretrained(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException(
                $"The folder '{folder}' does not exist. Pass the folder of a checkpoint that contains a vocab.txt or tokenizer.json.");
        WholeFolder.Check(folder);
        return ReadFrom(new FolderSource(folder));
    }

    /// <summary>Returns a copy of this tokenizer with different options. All other settings from its files are kept.</summary>
    /// <exception cref="InvalidDataException">The vocabulary does not contain a special token that the options name.</exception>
    /// <exception cref="NotSupportedException">The options change a setting that this kind of tokenizer does not have.</exception>
    public BertTokenizer WithOptions(BertTokenizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var files = new Dictionary<string, byte[]>(_files);
        TokenizerSpecification specification = _specification;
        if (TokenizerConfig.FirstWithout(specification, options) is { } setting)
        {
            if (setting != TokenizerConfig.LowerCaseName || !options.DoLowerCase || !files.TryGetValue(JsonName, out byte[]? json))
                throw new NotSupportedException(
                    $"The tokenizer{VocabularyFile} does not support the setting '{setting}'. Leave that option unchanged.");
            string lowered = NormalizerJson.WithLowercase(Encoding.UTF8.GetString(json));
            specification = TokenizerJson.ReadNormalizer(specification, lowered, JsonName);
            files[JsonName] = Encoding.UTF8.GetBytes(lowered);
        }
        specification = specification.With(options)
            .Add(options.SpecialTokens.Except(_specification.AddedTokens.Select(token => token.Content))
                .Where(token => _specification.Pieces.TryGetId(token, out _)).Select(token => new AddedToken(token) { Special = true }));
        string config = TokenizerConfig.Write(specification, Text(TokenizerConfig.FileName));
        files[TokenizerConfig.FileName] = Encoding.UTF8.GetBytes(config);
        files[TokenizerConfig.SpecialTokensName] =
            Encoding.UTF8.GetBytes(TokenizerConfig.WriteSpecialTokensMap(options, Text(TokenizerConfig.SpecialTokensName), config));
        return new BertTokenizer(specification, files);

        string Text(string name) => Encoding.UTF8.GetString(_files[name]);
    }

    /// <summary>
    /// Saves the tokenizer as files that <see cref="FromPretrained"/> and HuggingFace's libraries can read. These are
    /// <c>tokenizer_config.json</c>, <c>special_tokens_map.json</c>, the vocabulary in the files that it was read from, and
    /// <c>vocab.txt</c> for WordPiece. They replace the files of an existing tokenizer: either all of them or, after a failure, none.
    /// </summary>
    /// <param name="folder">The folder; it is created if it does not exist.</param>
    public void Save(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        WholeFolder.Write(folder, FileNames.First(_files.ContainsKey), WriteTo, _ => FileNames);
    }

    /// <summary>A name derived from the content: equal for tokenizers that are saved as identical files.</summary>
    internal string ContentHash
    {
        get
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach ((string name, byte[] content) in _files.OrderBy(file => file.Key, StringComparer.Ordinal))
            {
                hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0{content.Length}\0"));
                hash.AppendData(content);
            }
            return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
        }
    }

    /// <param name="files">The files of a checkpoint.</param>
    /// <param name="tokenizerClass">The <c>tokenizer_class</c> to use if the files name none; null to infer it from the files.</param>
    /// <param name="hasRows">Whether rows with special tokens are encoded; if not, a tokenizer.json need not describe them.</param>
    internal static BertTokenizer ReadFrom(FileSource files, string? tokenizerClass = null, bool hasRows = true)
    {
        string? json = files.ReadText(JsonName, BoundedText.Vocabulary);
        TokenizerClass? kind = json is null ? TokenizerConfig.ReadClass(files, tokenizerClass) : null;
        TokenizerSpecification specification = kind is null
            ? TokenizerJson.Read(json!, files.Describe(JsonName), hasRows)
            : kind.Files.Read(files, kind);
        specification = TokenizerConfig.Apply(specification, files, kind) with { HasRows = hasRows };

        var contents = new Dictionary<string, byte[]>();
        foreach (string name in FileNames)
        {
            if (files.ReadBytes(name, 4L * BoundedText.Vocabulary) is { } content)
                contents[name] = content;
        }
        if (!contents.TryGetValue(TokenizerConfig.FileName, out byte[]? config))
            contents.Add(TokenizerConfig.FileName, config = Encoding.UTF8.GetBytes(TokenizerConfig.Write(specification, null, kind)));
        if (!contents.ContainsKey(TokenizerConfig.SpecialTokensName))
            contents.Add(TokenizerConfig.SpecialTokensName,
                Encoding.UTF8.GetBytes(TokenizerConfig.WriteSpecialTokensMap(
                specification.Options, null, Encoding.UTF8.GetString(config))));
        return new BertTokenizer(specification, contents);
    }

    /// <summary>
    /// Creates the tokenizer of static embeddings with the same vocabulary. It has a <c>tokenizer.json</c>, the only file that other
    /// libraries read, which neither truncates nor pads.
    /// </summary>
    /// <exception cref="NotSupportedException">The tokenizer has no <c>tokenizer.json</c>, and it cannot be written.</exception>
    internal BertTokenizer ForTable()
    {
        string json = _files.TryGetValue(JsonName, out byte[]? content)
            ? JsonFile.Merge(
                Encoding.UTF8.GetString(content), new Dictionary<string, object?> { ["truncation"] = null, ["padding"] = null })
            : _specification.HasLines ? WordPieceJson.Write(_specification) : throw new NotSupportedException(
                $"The tokenizer{VocabularyFile} has no {JsonName}, which static embeddings require. Save it with a current version of " +
                "transformers.");
        return new BertTokenizer(
            _specification with { HasRows = false, Row = RowTemplate.Bare }, new(_files) { [JsonName] = Encoding.UTF8.GetBytes(json) });
    }

    /// <summary>
    /// Writes the files of <see cref="Save"/> to streams that <paramref name="create"/> opens by file name. Each stream is closed before
    /// the next one is opened.
    /// </summary>
    internal void WriteTo(Func<string, Stream> create)
    {
        // In one order, so that equal files have equal hashes.
        foreach (string name in FileNames.Where(_files.ContainsKey))
        {
            using Stream stream = create(name);
            stream.Write(_files[name]);
        }
    }
}
