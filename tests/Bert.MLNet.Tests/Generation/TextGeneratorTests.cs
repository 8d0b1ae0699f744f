using Bert.MLNet.Encoders;
using Bert.MLNet.Generation;

namespace Bert.MLNet.Tests.Generation;

/// <summary>Searches on small models against plain loops that keep nothing between tokens.</summary>
public sealed class TextGeneratorTests
{
    [Theory]
    [InlineData("BertModel")]
    [InlineData("RobertaModel")]
    public void Scores_with_kept_keys_and_values_equal_a_plain_computation_of_the_whole_text(string architecture)
    {
        BertModel model = TinySequences.Of(architecture);
        int[] source = TinySequences.Sources(model)[1], text = [model.Decoder!.StartTokenId, 9, model.Decoder.Config.PadTokenId + 5, 30,
            11];
        using var generator = new TextGenerator(model);
        float[][] scores = generator.ScoresOf(TinySequences.Source(source), text);
        for (int i = 0; i < text.Length; i++)
        {
            double all = TokenScores.LogSumExp(scores[i]);
            double[] expected = new PlainDecoder(model).LogProbabilities(source, text[..(i + 1)]);
            Assert.All(scores[i].Zip(expected), pair => Assert.Equal(pair.Second, pair.First - all, 1e-4));
        }
    }

    [Theory]
    [InlineData("BertModel", "RobertaModel", false)]
    [InlineData("RobertaModel", "BertModel", false)]
    [InlineData("RobertaModel", "RobertaModel", true)]
    public void Families_are_mixed_and_shared_weights_saved_once_with_the_scores_of_a_plain_computation(
        string reads, string writes, bool shares)
    {
        BertModel encoder = new TinyCheckpoint { Architecture = reads, Seed = "reads" }.Load();
        BertModel decoder = new TinyCheckpoint { Architecture = writes, Seed = "writes" }.Load();
        using var folder = new TemporaryFolder();
        encoder.WithDecoder(new BertDecoderOptions { Checkpoint = shares ? null : decoder, SharesEncoder = shares })
            .SavePretrained(folder["model"]);
        BertModel model = BertModel.FromPretrained(folder["model"]);
        Assert.Equal(((shares ? encoder : decoder).Config.ModelType, shares),
            (model.Decoder!.Config.ModelType, model.Decoder.SharesEncoder));
        int[] source = TinySequences.Sources(model)[1], text = [model.Decoder.StartTokenId, 9, 30];
        using var generator = new TextGenerator(model);
        float[][] scores = generator.ScoresOf(TinySequences.Source(source), text);
        for (int i = 0; i < text.Length; i++)
        {
            double all = TokenScores.LogSumExp(scores[i]);
            double[] expected = new PlainDecoder(model).LogProbabilities(source, text[..(i + 1)]);
            Assert.All(scores[i].Zip(expected), pair => Assert.Equal(pair.Second, pair.First - all, 1e-4));
        }
    }

    [Theory]
    [InlineData("BertModel", 3, 1.0)]
    [InlineData("RobertaModel", 2, 0.4)]
    public void Beams_of_a_batch_equal_a_plain_search(string architecture, int beams, double penalty)
    {
        BertModel model = TinySequences.Of(architecture);
        var options = new BertGenerationOptions { NumBeams = beams, NumReturnSequences = beams, MaxLength = 6, LengthPenalty = penalty };
        TokenSequence<GeneratedSequence[]>[] batch = [.. TinySequences.Sources(model).Select(TinySequences.Source)];
        using var generator = new TextGenerator(model);
        generator.Run(batch, options);
        var plain = new PlainDecoder(model);
        foreach (TokenSequence<GeneratedSequence[]> source in batch)
        {
            var expected = plain.Beams([.. source.Ids], beams, 6, penalty, model.Decoder!.StartTokenId, model.Decoder.EndTokenId);
            Assert.Equal(expected.Select(text => string.Join(' ', text.Ids)), source.Kept.Select(text => string.Join(' ', text.Ids)));
            Assert.All(expected.Zip(source.Kept), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-4));
        }
    }

    [Fact]
    public void The_likeliest_tokens_are_those_of_a_plain_computation_without_repeated_pairs_and_no_end_before_the_minimum()
    {
        BertModel model = TinySequences.Model;
        int[] source = TinySequences.Sources(model)[2];
        var options = new BertGenerationOptions { MaxLength = 9, MinLength = 6, NoRepeatNgramSize = 2 };
        var written = TinySequences.Source(source);
        using var generator = new TextGenerator(model);
        generator.Run([written], options);
        var plain = new PlainDecoder(model);
        List<int> text = [model.Decoder!.StartTokenId];
        while (text.Count < options.MaxLength && (text.Count == 1 || text[^1] != model.Decoder.EndTokenId))
        {
            double[] scores = plain.LogProbabilities(source, [.. text]);
            for (int i = 0; i + 1 < text.Count; i++)
            {
                if (text[i] == text[^1])
                    scores[text[i + 1]] = double.NegativeInfinity;
            }
            if (text.Count < options.MinLength)
                scores[model.Decoder.EndTokenId] = double.NegativeInfinity;
            text.Add(Array.IndexOf(scores, scores.Max()));
        }
        Assert.Equal(text, Assert.Single(written.Kept).Ids);
    }

    [Theory]
    [InlineData(1, 1.7)]
    [InlineData(3, 1.7)]
    [InlineData(3, 0.6)]
    public void Recurring_tokens_are_penalized_and_first_and_last_tokens_forced_as_by_plain_loops(int beams, double penalty)
    {
        BertModel model = TinySequences.Model;
        (int start, int end) = (model.Decoder!.StartTokenId, model.Decoder.EndTokenId);
        var options = new BertGenerationOptions { NumBeams = beams, NumReturnSequences = beams, MaxLength = 6, MinLength = 3,
            RepetitionPenalty = penalty, ForcedBosTokenId = 9, ForcedEosTokenId = 11 };
        var written = TinySequences.Source(TinySequences.Sources(model)[1]);
        using var generator = new TextGenerator(model);
        generator.Run([written], options);
        // Scores before softmax without beams, and logarithms of probabilities with them.
        var plain = new PlainDecoder(model)
        {
            Change = (scores, text, all) =>
            {
                foreach (int id in text.Distinct())
                {
                    double score = beams == 1 ? scores[id] + all : scores[id];
                    score = score < 0 ? score * penalty : score / penalty;
                    scores[id] = beams == 1 ? score - all : score;
                }
                if (text.Length < options.MinLength)
                    scores[end] = double.NegativeInfinity;
                if (text.Length == 1 || text.Length == options.MaxLength - 1)
                {
                    Array.Fill(scores, double.NegativeInfinity);
                    scores[text.Length == 1 ? 9 : 11] = 0;
                }
            },
        };
        var expected = beams == 1
            ? [plain.Likeliest([.. written.Ids], options.MaxLength, start, end)]
            : plain.Beams([.. written.Ids], beams, options.MaxLength, 1, start, end);
        Assert.Equal(expected.Select(text => string.Join(' ', text.Ids)), written.Kept.Select(text => string.Join(' ', text.Ids)));
        Assert.All(expected.Zip(written.Kept), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-4));
        Assert.All(written.Kept, text => Assert.Equal(9, text.Ids[1]));
    }

    [Fact]
    public void Drawn_texts_depend_on_the_seed_and_the_source_and_not_on_the_batch()
    {
        BertModel model = TinySequences.Model;
        var options = new BertGenerationOptions { DoSample = true, NumReturnSequences = 3, MaxLength = 12, TopK = 0 };
        using var generator = new TextGenerator(model);
        string[][] Draw(IEnumerable<int[]> sources, int seed)
        {
            TokenSequence<GeneratedSequence[]>[] batch = [.. sources.Select(TinySequences.Source)];
            generator.Run(batch, options with { Seed = seed });
            return [.. batch.Select(source => source.Kept.Select(text => string.Join(' ', text.Ids)).ToArray())];
        }
        IReadOnlyList<int[]> all = TinySequences.Sources(model);
        string[][] together = Draw(all, 7);
        Assert.All(together, texts => Assert.Equal(3, texts.Length));
        Assert.Equal(together, all.Select(source => Draw([source], 7)[0]));
        Assert.Contains(together, texts => texts.Distinct().Count() > 1);
        Assert.NotEqual(together, Draw(all, 8));
    }

    [Fact]
    public void Drawn_tokens_have_the_frequencies_of_their_probabilities_among_the_likeliest()
    {
        float[] scores = [1, 3, float.NegativeInfinity, 2, 0, -1];
        var options = new BertGenerationOptions { DoSample = true, Temperature = 2, TopK = 4, TopP = 0.8 };
        var sampler = new TokenSampler(options, [1, 2, 3], 0);
        int[] drawn = new int[scores.Length];
        const int Draws = 20_000;
        for (int i = 0; i < Draws; i++)
        {
            int token = sampler.Draw(scores, out float score);
            Assert.Equal(scores[token], score);
            drawn[token]++;
        }
        // Of the four likeliest, e^1.5, e^1, e^0.5 and e^0 after division by 2, the first three make up 80 %.
        double[] weights = [Math.Exp(0.5), Math.Exp(1.5), 0, Math.Exp(1), 0, 0];
        Assert.True((weights[1] + weights[3]) / (weights.Sum() + 1) < 0.8 && weights.Sum() / (weights.Sum() + 1) >= 0.8);
        Assert.All(drawn.Zip(weights), pair => Assert.Equal(pair.Second / weights.Sum(), pair.First / (double)Draws, 0.015));
    }

    [Fact]
    public void More_beams_than_continuations_and_excluded_vocabularies_end_the_search()
    {
        var model = new TinyCheckpoint { Architecture = "BertModel" }.Load().WithDecoder();
        using var generator = new TextGenerator(model);
        var source = TinySequences.Source(TinySequences.Sources(model)[3]);
        generator.Run([source], new BertGenerationOptions { NumBeams = 200, NumReturnSequences = 200, MaxLength = 3,
            NoRepeatNgramSize = 1 });
        Assert.Equal(source.Kept.Length, source.Kept.Select(text => string.Join(' ', text.Ids)).Distinct().Count());
        Assert.All(source.Kept, text => Assert.True(double.IsFinite(text.Score)));
        Assert.Equal(source.Kept.OrderByDescending(text => text.Score), source.Kept);
    }

    [Fact]
    public void A_generation_is_cancelled_between_two_tokens()
    {
        using var generator = new TextGenerator(TinySequences.Model);
        var source = TinySequences.Source(TinySequences.Sources(TinySequences.Model)[0]);
        int steps = 0;
        var options = new BertGenerationOptions { MinLength = 20 };
        Assert.Throws<OperationCanceledException>(() => generator.Run([source], options, () =>
            throw new OperationCanceledException($"{++steps}")));
        Assert.Equal(1, steps);
    }

    [Fact]
    public void A_model_without_a_decoder_is_refused() => Assert.Contains(
        "has no decoder", Assert.Throws<NotSupportedException>(() => new TextGenerator(new TinyCheckpoint().Load())).Message,
            StringComparison.Ordinal);
}
