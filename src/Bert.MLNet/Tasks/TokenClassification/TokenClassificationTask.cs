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

        entities = NotIgnored(entities);
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
        // The pipeline's test for a token that continues a word: because of "##", it has more code points than its text.
        bool continues = id != _model.Tokenizer.UnknownTokenId
            && CodePoints(_model.Tokenizer.Vocabulary[id]) != CodePoints(text[start..end]);
        return new LabelledToken(window.Kept[token], start, end, continues);
    }

    private static int CodePoints(ReadOnlySpan<char> text)
    {
        int count = 0;
        foreach (Rune _ in text.EnumerateRunes())
            count++;
        return count;
    }
}
