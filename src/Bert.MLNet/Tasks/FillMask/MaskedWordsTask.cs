using System.Buffers;
using System.IO.Hashing;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Tokenization;

namespace Bert.MLNet.Tasks;

/// <summary>Masks words of texts and evaluates their prediction.</summary>
internal sealed class MaskedWordsTask(BertModel model, double mlmProbability, int seed)
    : WindowTask<MaskedWords, MaskedWords>(model, new(EncoderOutput.MaskedWordLogits))
{
    private readonly BertTokenizer _tokenizer = model.Tokenizer;
    private readonly BertEncodeOptions _encoding = TextWindows.Encoding(model.MaxSequenceLength, stride: 0);
    private readonly WholeWordMasking _masking = new(model.Tokenizer, mlmProbability);

    protected override int ValuesOfToken => 0;

    protected override TokenWindow<MaskedWords>[] Tokenize(TextRow row)
    {
        TokenWindow<MaskedWords>[] windows = TextWindows.Of<MaskedWords>(_tokenizer.Encode(row.Text.ToString(), options: _encoding));
        // Random numbers depend on the text itself, so that its masks do not depend on other rows, batches or threads.
        var random = new Random(unchecked(seed + (int)XxHash32.HashToUInt32(MemoryMarshal.AsBytes(row.Text.Span))));
        foreach (TokenWindow<MaskedWords> window in windows)
            Mask(window, random);
        return Array.FindAll(windows, window => window.MaskedTokens.Count > 0);
    }

    protected override MaskedWords Kept(TokenWindow<MaskedWords> window, SequenceOutputs outputs)
    {
        MaskedWords words = MaskedWords.None;
        for (int mask = 0; mask < window.MaskedTokens.Count; mask++)
            words += Compare(outputs.OfMask(0, mask), window.Encoding.Ids[window.MaskedTokens[mask]]);
        return words;
    }

    protected override MaskedWords Answer(TextRow row, TokenWindow<MaskedWords>[] windows) =>
        windows.Aggregate(MaskedWords.None, (words, window) => words + window.Kept);

    private void Mask(TokenWindow<MaskedWords> window, Random random)
    {
        long[] ids = [.. window.Ids];
        var chosen = new List<(int Position, int Id)>();
        _masking.Apply(ids, random, chosen);
        foreach ((int position, _) in chosen)
        {
            window.Ids[position] = (int)ids[position];
            window.MaskedTokens.Add(position);
        }
    }

    private static MaskedWords Compare(ReadOnlySpan<float> logits, int id)
    {
        float[] rented = ArrayPool<float>.Shared.Rent(logits.Length);
        Span<float> exponentials = rented.AsSpan(0, logits.Length);
        int best = TensorPrimitives.IndexOfMax(logits);
        TensorPrimitives.Subtract(logits, logits[best], exponentials);
        TensorPrimitives.Exp(exponentials, exponentials);
        double loss = Math.Log(TensorPrimitives.Sum<float>(exponentials)) - (logits[id] - logits[best]);
        ArrayPool<float>.Shared.Return(rented);
        return new MaskedWords(1, best == id ? 1 : 0, loss);
    }
}
