using Bert.MLNet.Training;
using TorchSharp.Modules;

namespace Bert.MLNet.Pretraining;

/// <summary>Sets initial weights with information that the model then does not have to learn.</summary>
internal static class FirstWeights
{
    private const double Wavelength = 10_000;
    private const string BranchOutput = ".output.dense.weight";

    /// <summary>
    /// Token embeddings as given; positions as sines and cosines (Vaswani et al., 2017, arXiv:1706.03762), so that late ones, which short
    /// sequences rarely reach, are useful from the start; the decoder's bias as the tokens' log frequencies.
    /// </summary>
    public static void Set(BertForMaskedLM module, TokenCorpus corpus, ReadOnlySpan<float> wordEmbeddings)
    {
        Span<float> words = module.Bert.WordEmbeddings.Values();
        if (words.Length != wordEmbeddings.Length)
            throw new ArgumentException(
                $"The model has {words.Length} values in its token embeddings, not {wordEmbeddings.Length}.", nameof(wordEmbeddings));
        wordEmbeddings.CopyTo(words);
        SetPositions(module.Bert.PositionEmbeddings.Values(), module.Config.HiddenSize, module.Config.InitializerRange);
        SetFrequencies(module.Head.Bias.Values(), corpus);
        foreach ((_, Parameter parameter) in module.State().Where(p => p.Name.EndsWith(BranchOutput, StringComparison.Ordinal)))
            parameter.Values().Clear();
    }

    private static void SetPositions(Span<float> table, int width, double deviation)
    {
        double amplitude = deviation * Math.Sqrt(2);
        for (int i = 0; i < table.Length; i++)
        {
            int position = i / width, column = i % width;
            double angle = position / Math.Pow(Wavelength, (double)(column - column % 2) / width);
            table[i] = (float)(amplitude * (column % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle)));
        }
    }

    private static void SetFrequencies(Span<float> bias, TokenCorpus corpus)
    {
        long[] counts = new long[bias.Length];
        foreach (ushort id in corpus.Ids)
            counts[id]++;
        for (int i = 0; i < bias.Length; i++)
            bias[i] = (float)Math.Log((counts[i] + 1.0) / (corpus.Ids.Length + counts.Length));
    }
}
