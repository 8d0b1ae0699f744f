using System.Buffers;
using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;

namespace Bert.MLNet.Tasks;

/// <summary>Predicts the words behind the masks of a text.</summary>
internal sealed class FillMaskTask : WindowTask<MaskPrediction[], IReadOnlyList<FilledText>>
{
    private readonly BertTokenizer _tokenizer;
    private readonly BertFillMaskEstimator.Options _options;
    private readonly BertEncodeOptions _encoding;
    private readonly int[] _targets;

    /// <param name="options">The resolved options.</param>
    public FillMaskTask(BertFillMaskEstimator.Options options) : base(options.Checkpoint, new(EncoderOutput.MaskedWordLogits))
    {
        _tokenizer = options.Checkpoint.Tokenizer;
        _options = options;
        _encoding = TextWindows.Encoding(options.MaxLength!.Value, options.Stride!.Value);
        _targets = [.. options.TargetIds!];
    }

    protected override int ValuesOfToken => 2 * _options.TopK;

    /// <summary>Creates the windows that contain masks. Each mask is predicted in the window with the most text around it.</summary>
    protected override TokenWindow<MaskPrediction[]>[] Tokenize(TextRow row)
    {
        TokenWindow<MaskPrediction[]>[] windows =
            TextWindows.Of<MaskPrediction[]>(_tokenizer.Encode(row.Text.ToString(), options: _encoding));
        foreach ((TokenWindow<MaskPrediction[]> window, int token) in TextWindows.Tokens(windows, _options.Stride!.Value))
        {
            if (window.Ids[token] == _tokenizer.MaskTokenId)
                window.MaskedTokens.Add(token);
        }
        return Array.FindAll(windows, window => window.MaskedTokens.Count > 0);
    }

    protected override MaskPrediction[] Kept(TokenWindow<MaskPrediction[]> window, SequenceOutputs outputs)
    {
        var predictions = new MaskPrediction[window.MaskedTokens.Count];
        for (int i = 0; i < predictions.Length; i++)
            predictions[i] = Predict(outputs.OfMask(0, i));
        return predictions;
    }

    protected override IReadOnlyList<FilledText> Answer(TextRow row, TokenWindow<MaskPrediction[]>[] windows)
    {
        bool single = windows.Sum(window => window.MaskedTokens.Count) == 1;
        var filled = new List<FilledText>();
        foreach (TokenWindow<MaskPrediction[]> window in windows)
        {
            for (int mask = 0; mask < window.MaskedTokens.Count; mask++)
            {
                int[] ids = [.. window.Ids];
                foreach ((int id, float score) in window.Kept[mask].Ids.Zip(window.Kept[mask].Scores))
                {
                    ids[window.MaskedTokens[mask]] = id;
                    // As in HuggingFace's pipeline: if other masks remain, they are shown, and with them all special tokens.
                    filled.Add(new FilledText(_tokenizer.Decode([id], skipSpecialTokens: false), score,
                        _tokenizer.Decode(ids, skipSpecialTokens: single)));
                }
            }
        }
        return filled;
    }

    private MaskPrediction Predict(ReadOnlySpan<float> logits)
    {
        float[] rented = ArrayPool<float>.Shared.Rent(logits.Length);
        Span<float> probabilities = rented.AsSpan(0, logits.Length);
        Probabilities.Softmax(logits, probabilities);
        // Embeddings can have more rows than the vocabulary has tokens.
        probabilities = probabilities[.._tokenizer.Vocabulary.Size];
        MaskPrediction prediction = _targets.Length == 0 ? Top(probabilities) : TopOfTargets(probabilities);
        ArrayPool<float>.Shared.Return(rented);
        return prediction;
    }

    private MaskPrediction Top(ReadOnlySpan<float> probabilities)
    {
        int[] ids = Probabilities.Top(probabilities, _options.TopK);
        float[] scores = new float[ids.Length];
        for (int i = 0; i < ids.Length; i++)
            scores[i] = probabilities[ids[i]];
        return new MaskPrediction(ids, scores);
    }

    private MaskPrediction TopOfTargets(ReadOnlySpan<float> probabilities)
    {
        float[] scores = new float[_targets.Length];
        for (int i = 0; i < scores.Length; i++)
            scores[i] = probabilities[_targets[i]];
        int[] best = Probabilities.Top(scores, _options.TopK);
        return new MaskPrediction([.. best.Select(i => _targets[i])], [.. best.Select(i => scores[i])]);
    }
}
