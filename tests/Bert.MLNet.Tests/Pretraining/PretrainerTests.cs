using Bert.MLNet.Models;
using Bert.MLNet.Pretraining;
using Bert.MLNet.Tokenization;
using Bert.MLNet.Training;
using TorchSharp;

namespace Bert.MLNet.Tests.Training;

[Collection(UsesTorch.Name)]
public class PretrainerTests
{
    private static readonly BertTokenizer s_tokenizer = BertTokenizer.Create(new BertVocabulary(TinyCheckpoint.Vocabulary));

    private static readonly TokenCorpus s_corpus = TokenCorpus.Create(Text(), s_tokenizer);
    private static readonly float[] s_weights = SmoothInverseFrequency.Weights(s_tokenizer, s_corpus.Counts(s_tokenizer.Vocabulary.Size));
    private static readonly ContrastiveOptions s_contrastive = new()
    {
        PairsPerBatch = 8,
        Sentence = new() { Pooling = BertPooling.LastLayersMean, NumberOfLastLayers = 2, TokenWeights = s_weights },
    };

    public PretrainerTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData(0.0), InlineData(0.1)]
    public void A_run_that_was_stopped_and_went_on_equals_one_that_was_not(double dropout)
    {
        using TemporaryFolder unbroken = new(), broken = new();
        using BertForMaskedLM expected = New(dropout), actual = New(dropout);
        Assert.True(Train(expected, unbroken.Path, workers: 1, steps: 12));

        using var stop = new CancellationTokenSource();
        Assert.False(Train(New(dropout), broken.Path, workers: 1, steps: 12, stop, stopAtStep: 5));
        Assert.True(Train(actual, broken.Path, workers: 1, steps: 12));

        Assert.All(expected.State().Zip(actual.State()),
            pair => Assert.Equal(pair.First.Parameter.Values().ToArray(), pair.Second.Parameter.Values().ToArray()));
    }

    [Fact]
    public void All_objectives_are_learnt_by_two_workers_over_the_same_weights()
    {
        using var folder = new TemporaryFolder();
        using BertForMaskedLM module = New(0);
        var log = new List<string>();
        Train(module, folder.Path, workers: 2, steps: 120, log: log);
        double[] Losses(string name) =>
            [.. log.Where(line => line.StartsWith("step", StringComparison.Ordinal) && line.Contains(" done ", StringComparison.Ordinal))
            .Select(line => line.Split(' '))
                .Select(words => double.Parse(words[Array.IndexOf(words, name) + 1], System.Globalization.CultureInfo.InvariantCulture))];

        Assert.True(Losses("mlm")[^1] < 0.7 * Losses("mlm")[0], string.Join(' ', Losses("mlm")));
        Assert.True(Losses("contrastive")[^1] < 0.7 * Losses("contrastive")[0], string.Join(' ', Losses("contrastive")));
        Assert.True(Losses("pairs")[^1] < 0.7 * Losses("pairs")[0], string.Join(' ', Losses("pairs")));
    }

    [Theory]
    [InlineData(2, false), InlineData(3, false), InlineData(8, false), InlineData(1, true)]
    public void Updates_are_the_same_to_the_last_bit_whatever_the_number_of_workers_and_where_they_work(int workers, bool elsewhere)
    {
        // The processor stands in for another device.
        using BertForMaskedLM one = New(0.1), many = New(0.1);
        Update(one, 1, null);
        Update(many, workers, elsewhere ? torch.CPU : null);
        Assert.All(one.State().Zip(many.State()),
            pair => Assert.Equal(pair.First.Parameter.Values().ToArray(), pair.Second.Parameter.Values().ToArray()));

        static void Update(BertForMaskedLM module, int workers, torch.Device? device)
        {
            using var replicas = new ModuleReplicas<BertForMaskedLM>(module, () => New(0.1), workers, device);
            var updater = new ModuleUpdater<BertForMaskedLM>(replicas, new AdamWOptions(), maxGradNorm: 1, seed: 4);
            MaskedLanguageModelObjective objective = Masked();
            for (int step = 0; step < 3; step++)
                updater.Update(4, 1e-2, (worker, batch) =>
                    objective.Accumulate(worker, 4 * step + batch, 0, batch % objective.BatchesPerStep, 0.25));
        }
    }

    [Fact]
    public void The_token_embeddings_alone_learn_where_the_rest_has_no_rate()
    {
        using var folder = new TemporaryFolder();
        using BertForMaskedLM module = New(0), before = New(0);
        using var replicas = new ModuleReplicas<BertForMaskedLM>(module, () => New(0), 2);
        var pairs = new SentencePairs(
            s_corpus, Enumerable.Range(0, s_corpus.DocumentStarts.Length), s_tokenizer, new SentencePairOptions { MinTokens = 3 });
        var objective = new ContrastiveObjective(
            pairs, pairs, s_tokenizer, new BagOfWords(s_weights), s_contrastive with { EmbeddingsOnly = true, BagOfWordsWeight = 0 });
        Assert.True(new Pretrainer(replicas, [objective], new PretrainingOptions { OtherRate = 0, MaxSteps = 3 }, _ => { })
            .Run(folder.Path, TestContext.Current.CancellationToken));
        string[] learnt = [.. module.State().Zip(before.State())
            .Where(p => !p.First.Parameter.Values().SequenceEqual(p.Second.Parameter.Values())).Select(p => p.First.Name)];
        Assert.Equal(["bert." + CanonicalNames.WordEmbeddings], learnt);
    }

    [Fact]
    public void A_models_folder_counts_as_a_checkpoint_in_a_mean()
    {
        using TemporaryFolder training = new(), model = new(), empty = new();
        using BertForMaskedLM one = New(0), other = New(0), mean = New(0);
        foreach (var parameter in other.State().Select(p => p.Parameter))
        {
            foreach (ref float value in parameter.Values())
                value += 2;
        }
        TrainingCheckpoint.Save(training.Path, 1, one, new AdamW(one.State(), new AdamWOptions()), new PretrainingState(1), limit: 1);
        new BertModel(one.Config, s_tokenizer, other.ToWeights()).SavePretrained(model.Path);

        TrainingCheckpoint.LoadAverage([training.Path, model.Path], mean, count: 1);
        foreach ((var expected, var actual) in one.State().Zip(mean.State()))
            Assert.All(expected.Parameter.Values().ToArray().Zip(actual.Parameter.Values().ToArray()),
                pair => Assert.Equal(pair.First + 1, pair.Second, 1e-5f));
        var error = Assert.Throws<FileNotFoundException>(() => TrainingCheckpoint.LoadAverage([empty.Path], mean, count: 1));
        Assert.Contains(empty.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_latest_checkpoints_are_kept_and_a_half_written_one_is_passed_over()
    {
        using var folder = new TemporaryFolder();
        using BertForMaskedLM module = New(0);
        var optimizer = new AdamW(module.State(), new AdamWOptions());
        foreach (long step in new[] { 9L, 10L, 100L })
            TrainingCheckpoint.Save(folder.Path, step, module, optimizer, new PretrainingState(step), limit: 2);
        Directory.CreateDirectory(folder["checkpoint-200.tmp"]);

        Assert.Equal(["checkpoint-10", "checkpoint-100", "checkpoint-200.tmp"],
            Directory.GetDirectories(folder.Path).Select(Path.GetFileName).Order());
        Assert.Equal(100, TrainingCheckpoint.LoadLatest<PretrainingState>(folder.Path, module, optimizer)!.Step);
    }

    [Fact]
    public void Checkpoints_can_be_averaged()
    {
        using var folder = new TemporaryFolder();
        using BertForMaskedLM module = New(0);
        var optimizer = new AdamW(module.State(), new AdamWOptions());
        foreach (int step in (int[])[1, 2, 6])
        {
            module.Head.Bias.Values().Fill(step);
            TrainingCheckpoint.Save(folder.Path, step, module, optimizer, new PretrainingState(step), limit: 5);
        }
        TrainingCheckpoint.LoadAverage([folder.Path], module, 2);
        Assert.All(module.Head.Bias.data<float>(), value => Assert.Equal(4, value));
        TrainingCheckpoint.LoadAverage([folder.Path], module, 10);
        Assert.All(module.Head.Bias.data<float>(), value => Assert.Equal(3, value, 1e-6f));

        using var other = new TemporaryFolder();
        module.Head.Bias.Values().Fill(10);
        TrainingCheckpoint.Save(other.Path, 3, module, optimizer, new PretrainingState(3), limit: 5);
        TrainingCheckpoint.LoadAverage([folder.Path, other.Path], module, 1);
        Assert.All(module.Head.Bias.data<float>(), value => Assert.Equal(8, value));
        Assert.Throws<FileNotFoundException>(() => TrainingCheckpoint.LoadAverage([folder.Path, folder["none"]], module, 1));
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void Pairs_that_the_embeddings_alone_tell_apart_teach_no_layer(bool embeddingsOnly)
    {
        using BertForMaskedLM module = New(0);
        var pairs = new SentencePairs(
            s_corpus, Enumerable.Range(0, s_corpus.DocumentStarts.Length), s_tokenizer, new SentencePairOptions { MinTokens = 3 });
        new ContrastiveObjective(
            pairs, pairs, s_tokenizer, new BagOfWords(s_weights), s_contrastive with
            {
                EmbeddingsOnly = embeddingsOnly,
                BagOfWordsWeight = 0,
            }).Accumulate(module, 0, 0, 0, 1);
        Assert.Contains(module.State(), p => ModuleState.Canonical(p.Name) == CanonicalNames.WordEmbeddings && Learns(p.Parameter));
        Assert.Equal(!embeddingsOnly,
            module.State().Any(p => ModuleState.Canonical(p.Name).Contains("encoder.layer", StringComparison.Ordinal)
            && Learns(p.Parameter)));

        static bool Learns(torch.Tensor parameter) =>
            parameter.grad is { } gradient && gradient.to_dense().data<float>().Any(value => value != 0);
    }

    private static bool Train(
        BertForMaskedLM module, string folder, int workers, int steps, CancellationTokenSource? stop = null, int stopAtStep = 0,
        List<string>? log = null)
    {
        using var replicas = new ModuleReplicas<BertForMaskedLM>(module, () => New(0), workers);
        var options = new PretrainingOptions
        {
            LearningRate = 5e-3,
            MaxSteps = steps,
            Workers = workers,
            LoggingSteps = 5,
            EvalSteps = 1000,
        };
        var pairs = new SentencePairs(
            s_corpus, Enumerable.Range(0, s_corpus.DocumentStarts.Length), s_tokenizer, new SentencePairOptions { MinTokens = 3 });
        var contrastive = new ContrastiveObjective(pairs, pairs, s_tokenizer, new BagOfWords(s_weights), s_contrastive);
        var embeddings = new ContrastiveObjective(
            pairs, pairs, s_tokenizer, new BagOfWords(s_weights), s_contrastive with
            {
                EmbeddingsOnly = true,
                PairsPerBatch = 16,
                BagOfWordsWeight = 0,
            });
        var maskedPairs = new MaskedPairsObjective(pairs, pairs, s_tokenizer, new WholeWordMasking(s_tokenizer, 0.2), 0.2, seed: 6);
        return new Pretrainer(replicas, [Masked(), contrastive, maskedPairs, embeddings], options, Log).Run(folder, stop?.Token ?? default);

        void Log(string line)
        {
            log?.Add(line);
            if (line.StartsWith($"step {stopAtStep} ", StringComparison.Ordinal))
                stop?.Cancel();
        }
    }

    private static MaskedLanguageModelObjective Masked()
    {
        var packer = new SequencePacker(s_corpus, Enumerable.Range(0, s_corpus.DocumentStarts.Length), s_tokenizer, seed: 5);
        return new MaskedLanguageModelObjective(packer, packer, new WholeWordMasking(s_tokenizer, 0.2),
            new MaskedLanguageModelOptions
            {
                TokensPerStep = 512,
                TokensPerBatch = 256,
                Phases = [(0, [(16, 1)]), (0.5, [(16, 1), (32, 1)])],
            });
    }

    private static BertForMaskedLM New(double dropout)
    {
        torch.manual_seed(11);
        return new BertForMaskedLM(
            new TinyCheckpoint().Load().Config with { HiddenDropoutProb = dropout, AttentionProbsDropoutProb = dropout });
    }

    // Sentences whose second half follows from the first.
    private static IEnumerable<IReadOnlyList<string>> Text()
    {
        var random = new Random(1);
        for (int i = 0; i < 150; i++)
        {
            bool good = random.Next(2) == 0;
            string thing = new[] { "movie", "book", "phone", "screen" }[random.Next(4)];
            yield return good
                ? [$"this {thing} was very good. i love the {thing} and you like it.", $"{thing}: a great {thing} for the day."]
                : [$"that {thing} was so bad. we hate the poor {thing}, not the price.", $"{thing}: they hate this {thing}."];
        }
    }
}
