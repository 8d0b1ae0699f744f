using System.Numerics.Tensors;
using System.Text;
using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;

namespace Bert.MLNet.Tasks;

/// <summary>Finds entities in a text.</summary>
internal sealed class TokenClassificationTask : WindowTask<float[][], EntitiesOfText>
{
    private readonly BertModel _model;
    private readonly BertTokenClassifierEstimator.Options _options;
    private readonly BertEncodeOptions _encoding;
    private readonly EntityAggregation _aggregation;
    private readonly TagSet _tags;

    /// <param name="options">The resolved options.</param>
    public TokenClassificationTask(BertTokenClassifierEstimator.Options options) : base(options.Checkpoint, new(EncoderOutput.TokenLogits))
    {
        _model = options.Checkpoint;
        _options = options;
        _encoding = TextWindows.Encoding(options.MaxLength!.Value, options.Stride!.Value);
        _aggregation = new EntityAggregation(options.Aggregation, _model.Config.LabelNames);
        _tags = new TagSet(_model.Config.LabelNames);
    }

    protected override int ValuesOfToken => Labels;

    private int Labels => _model.Config.NumLabels;

    protected override TokenWindow<float[][]>[] Tokenize(TextRow row) =>
        TextWindows.Of<float[][]>(_model.Tokenizer.Encode(row.Text.ToString(), options: _encoding));

    protected override float[][] Kept(TokenWindow<float[][]> window, SequenceOutputs outputs)
    {
        ReadOnlySpan<float> logits = outputs[0];
        float[][] scores = new float[window.Length][];
        for (int token = 0; token < scores.Length; token++)
        {
            scores[token] = new float[Labels];
            Probabilities.Softmax(logits.Slice(token * Labels, Labels), scores[token]);
        }
        return scores;
    }

    protected override EntitiesOfText Answer(TextRow row, TokenWindow<float[][]>[] windows)
    {
        if (_options.WordLabelsColumnName is not null)
            return Words(row, windows);
        IEnumerable<Entity> entities;
        if (_options.Aggregation == BertAggregation.None)
            entities = _aggregation.Entities(TextWindows.Tokens(windows, _options.Stride!.Value)
                .Select(token => Labelled(row.Text.Span, token.Window, token.Token)));
        else
            entities = windows.SelectMany(window =>
                _aggregation.Entities(TextTokens(window).Select(token => Labelled(row.Text.Span, window, token))));

        entities = NotIgnored(entities).Select(entity =>
        {
            (int start, int end) = TextPart.Trimmed(row.Text.Span, entity.Start, entity.End);
            return entity with { Start = start, End = end };
        });
        // The space before a word can be a token of its own.
        if (_options.Aggregation != BertAggregation.None)
            entities = entities.Where(entity => !row.Text.Span[entity.Start..entity.End].IsWhiteSpace());
        return new EntitiesOfText(row.Text, windows.Length == 1 ? [.. entities] : EntityAggregation.WithoutOverlaps(entities));
    }

    private EntitiesOfText Words(TextRow row, TokenWindow<float[][]>[] windows)
    {
        float[] outside = new float[Labels];
        if (_tags.Outside < Labels)
            outside[_tags.Outside] = 1;
        float[][] scores = [.. Enumerable.Repeat(outside, row.Words.Count)];
        int[] predicted = [.. Enumerable.Repeat(_tags.Outside, row.Words.Count)];
        foreach (var word in WordPieces.Of(windows, _options.Stride!.Value, row.Words).GroupBy(piece => piece.Word))
        {
            scores[word.Key] = _aggregation.Scores([.. word.Select(piece => Labelled(row.Text.Span, piece.Window, piece.Token))]);
            predicted[word.Key] = TensorPrimitives.IndexOfMax<float>(scores[word.Key]);
        }
        int[] labels = _options.Scheme is { } known ? _tags.Write(predicted, known) : predicted;
        IEnumerable<Entity> entities = _tags.Read(labels).Select(entity => new Entity(
            entity.Type,
            Enumerable.Range(entity.Start, entity.End - entity.Start).Average(word => scores[word][predicted[word]]),
            row.Words[entity.Start].Start,
            row.Words[entity.End - 1].End));
        return new EntitiesOfText(row.Text, [.. NotIgnored(entities)]) { WordLabels = labels, WordScores = scores };
    }

    private IEnumerable<Entity> NotIgnored(IEnumerable<Entity> entities) =>
        entities.Where(entity => !_options.IgnoreLabels.Contains(entity.Type));

    private static IEnumerable<int> TextTokens(TokenWindow<float[][]> window) =>
        Enumerable.Range(0, window.Length).Where(token => window.Encoding.SpecialTokensMask[token] == 0);

    private LabelledToken Labelled(ReadOnlySpan<char> text, TokenWindow<float[][]> window, int token)
    {
        (int start, int end) = window.Encoding.Offsets[token];
        int id = window.Ids[token];
        // The pipeline's tests for a token that continues a word: because of "##", it has more code points than its text. If the tokenizer
        // has no such prefix, no space is at or before its start.
        bool continues = id != _model.Tokenizer.UnknownTokenId && (_model.Tokenizer.MarksContinuations
            ? CodePoints(_model.Tokenizer.Vocabulary[id]) != CodePoints(text[start..end])
            : start > 0 && !text[(start - 1)..Math.Min(start + 1, text.Length)].Contains(' '));
        return new LabelledToken(window.Kept[token], start, end, continues || FollowsBlank(text, window, token));
    }

    // A token of the space before a word belongs to the word. The pipeline treats it as another one.
    private static bool FollowsBlank(ReadOnlySpan<char> text, TokenWindow<float[][]> window, int token)
    {
        (int start, int end) = window.Encoding.Offsets[token - 1];
        return end == window.Encoding.Offsets[token].Start && end < text.Length && !char.IsWhiteSpace(text[end])
            && window.Encoding.SpecialTokensMask[token - 1] == 0 && text[start..end].IsWhiteSpace();
    }

    private static int CodePoints(ReadOnlySpan<char> text)
    {
        int count = 0;
        foreach (Rune _ in text.EnumerateRunes())
            count++;
        return count;
    }
}
