using System.Text;
using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;

namespace Bert.MLNet.Tasks;

/// <summary>Text to entities.</summary>
internal sealed class TokenClassificationTask : WindowTask<float[][], EntitiesOfText>
{
    private readonly BertModel _model;
    private readonly TokenClassifierSettings _settings;
    private readonly BertEncodeOptions _encoding;
    private readonly EntityAggregation _aggregation;

    public TokenClassificationTask(BertModel model, TokenClassifierSettings settings) : base(model, new(EncoderOutput.TokenLogits))
    {
        _model = model;
        _settings = settings;
        _encoding = new BertEncodeOptions { MaxLength = settings.MaxLength, Stride = settings.Stride };
        _aggregation = new EntityAggregation(settings.Aggregation, [.. Enumerable.Range(0, Labels).Select(id => model.Config.Id2Label[id])]);
    }

    protected override int ValuesOfToken => Labels;

    private int Labels => _model.Config.NumLabels;

    protected override TokenWindow<float[][]>[] Tokenize(TextRow row) => TextWindows.Of<float[][]>(_model.Tokenizer.Encode(row.Text.ToString(), options: _encoding));

    protected override float[][] Keep(EncoderBatch batch, int row, int position, TokenWindow<float[][]> window)
    {
        ReadOnlySpan<float> logits = batch.Output(0, row);
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
        IEnumerable<Entity> entities;
        if (_settings.Aggregation == BertAggregation.None)
            entities = _aggregation.Entities(TextWindows.Tokens(windows, _settings.Stride).Select(token => Labelled(row.Text.Span, token.Window, token.Token)));
        else
            entities = windows.SelectMany(window => _aggregation.Entities(TextTokens(window).Select(token => Labelled(row.Text.Span, window, token))));

        entities = entities.Where(entity => !_settings.IgnoreLabels.Contains(entity.Type));
        return new EntitiesOfText(row.Text, windows.Length == 1 ? [.. entities] : EntityAggregation.WithoutOverlaps(entities));
    }

    private static IEnumerable<int> TextTokens(TokenWindow<float[][]> window) => Enumerable.Range(0, window.Length).Where(token => window.Encoding.SpecialTokensMask[token] == 0);

    private LabelledToken Labelled(ReadOnlySpan<char> text, TokenWindow<float[][]> window, int token)
    {
        (int start, int end) = window.Encoding.Offsets[token];
        int id = window.Ids[token];
        // The pipeline's own test for a token that continues a word: it is longer than its text, in code points, by "##".
        bool continues = id != _model.Tokenizer.UnknownTokenId && CodePoints(_model.Tokenizer.Vocabulary[id]) != CodePoints(text[start..end]);
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
