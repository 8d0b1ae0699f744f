using System.Text;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tokenization;

namespace Bert.MLNet;

// Smaller vocabularies.
public sealed partial class BertTokenizer
{
    /// <summary>Counts how often texts need each token of the vocabulary, by id: as a token, or in order to create one.</summary>
    /// <exception cref="InvalidDataException">The texts contain no words.</exception>
    internal long[] CountPieces(IEnumerable<string> texts, int threads, CancellationToken cancellationToken)
    {
        TextNormalizer normalizer = _specification.Normalizer(Options);
        TextPreTokenizer preTokenizer = _specification.PreTokenizer(Options);
        Dictionary<string, long> words = WordCounter.Count(texts, counter =>
        {
            var text = new TextPipeline(normalizer, preTokenizer, counter, _specification.AddedTokens, Options.SplitSpecialTokens);
            return line =>
            {
                var output = new TokenBuffer(capacity: 1, aligned: false);
                text.Tokenize(line, int.MaxValue, ref output);
                output.Dispose();
            };
        }, threads, cancellationToken);
        long[] counts = new long[Vocabulary.Size];
        foreach ((string word, long count) in words)
            _model.Trace(word, id => counts[id] += count);
        return counts;
    }

    /// <summary>Returns the ids that every smaller vocabulary keeps, so that texts still have tokens.</summary>
    internal IEnumerable<int> RequiredIds() => _specification.AddedTokens.Select(token => token.Id)
        .Concat([PadTokenId, ClsTokenId, SepTokenId, UnknownTokenId, MaskTokenId])
        .Concat(_specification.Pieces.Ids.Where(piece => _model.IsElementary(piece.Key, piece.Value)).Select(piece => piece.Value))
        .Where(id => Vocabulary[id] is not null);

    /// <summary>Creates a tokenizer with some of the tokens, numbered anew in the same order.</summary>
    /// <param name="ids">The ids of the tokens to keep, ascending; those of <see cref="RequiredIds"/> are among them.</param>
    /// <param name="tokenizerClass">The <c>tokenizer_class</c> to use if the files name none.</param>
    /// <exception cref="NotSupportedException">The tokenizer has no <c>tokenizer.json</c>, and it cannot be written.</exception>
    internal BertTokenizer Keep(IReadOnlyList<int> ids, string tokenizerClass)
    {
        if (!_specification.HasLines && !TrimmedFiles.Writable.Any(_files.ContainsKey))
            throw new NotSupportedException(
                $"The tokenizer{VocabularyFile} has no {JsonName}, without which its vocabulary cannot be changed. Save it with a " +
                "current version of transformers.");
        var trimmed = new TrimmedFiles(ids.Index().ToDictionary(token => Vocabulary[token.Item]!, token => token.Index));
        var files = new Dictionary<string, byte[]>();
        foreach ((string name, byte[] content) in _files)
        {
            if (trimmed.Write(name, content) is { } written)
                files[name] = written;
        }
        if (_specification.HasLines)
        {
            var pieces = new BertVocabulary(ids.Select(id => Vocabulary[id]!).Where(token => _specification.Pieces.TryGetId(token, out _)));
            files[VocabularyFiles.LinesName] = Encoding.UTF8.GetBytes(pieces.ToText());
        }
        return ReadFrom(new MemorySource(files), tokenizerClass, _specification.HasRows);
    }
}
