using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json;
using Bert.MLNet.Models;
using Bert.MLNet.Pretraining;
using Bert.MLNet.Tokenization;
using Bert.MLNet.Training;
using Parquet;
using Parquet.Schema;
using TorchSharp;

namespace Bert.MLNet.Tests.Training;

[Collection(UsesTorch.Name)]
public class TeacherObjectiveTests
{
    private const int Size = 40;

    private static readonly BertTokenizer s_tokenizer = BertTokenizer.Create(new BertVocabulary(TinyCheckpoint.Vocabulary));
    private static readonly BertConfig s_config =
        new TinyCheckpoint().Load().Config with { HiddenDropoutProb = 0, AttentionProbsDropoutProb = 0 };

    private static readonly TeacherOptions s_options = new()
    {
        TextsPerBatch = 16, Sentence = new() { Pooling = BertPooling.LastLayersMean, NumberOfLastLayers = 3 },
    };

    private static readonly string[] s_texts = [.. Texts()];

    public TeacherObjectiveTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public async Task Vectors_of_a_file_are_projected_so_that_their_products_stay()
    {
        using var folder = new TemporaryFolder();
        float[][] vectors = [.. s_texts.Select(text => Vector(text, rank: 6))];
        await Write(folder["taught.parquet"], vectors);
        TaughtTexts taught = Read(folder, "taught.parquet", dimension: 8, maxTokens: 64);
        Assert.Equal(s_texts.Length, taught.Count);
        for (int i = 1; i < 20; i++)
        {
            Assert.Equal(Ids(s_texts[i]), taught.Text(i).Select(id => (int)id));
            Assert.Equal(TensorPrimitives.Dot<float>(vectors[i], vectors[0]),
                TensorPrimitives.Dot<float>(taught.Vectors([i]), taught.Vectors([0])), 1e-2f);
        }
        Assert.True(Read(folder, "taught.parquet", 8, maxTokens: 4).Count < s_texts.Length);
    }

    [Fact]
    public async Task Files_without_vectors_or_of_too_few_values_are_refused()
    {
        using var folder = new TemporaryFolder();
        await Write(folder["taught.parquet"], [.. s_texts.Select(text => Vector(text, 6))]);
        await Write(folder["none.parquet"], null);
        Assert.Contains("vectors of 40 values",
            Assert.Throws<InvalidDataException>(() => Read(folder, "taught.parquet", 64, 64)).Message);
        Assert.Contains("no column 'embedding'",
            Assert.Throws<InvalidDataException>(() => Read(folder, "none.parquet", 8, 64)).Message);
    }

    [Fact]
    public async Task Vectors_are_rotated_towards_the_students_and_keep_their_products()
    {
        using var folder = new TemporaryFolder();
        await Write(folder["taught.parquet"], [.. s_texts.Select(text => Vector(text, 8))]);
        TaughtTexts taught = Read(folder, "taught.parquet", dimension: 8, maxTokens: 64);
        float[] before = taught.Vectors([.. Enumerable.Range(0, taught.Count)]);
        // The student's vectors are the teacher's, with the values in another order.
        int next = 0;
        taught.Align(texts =>
        {
            torch.Tensor own = torch.tensor(before[(next * 8)..((next + texts.Count) * 8)], texts.Count, 8);
            next += texts.Count;
            return torch.nn.functional.normalize(own.roll(3, 1), 2, 1);
        });
        for (int text = 0; text < taught.Count; text += 7)
        {
            float[] own = before[(text * 8)..((text + 1) * 8)];
            Assert.All(taught.Vectors([text]).Zip([.. own[^3..], .. own[..^3]]), pair => Assert.Equal(pair.Second, pair.First, 5e-3f));
        }
    }

    [Fact]
    public async Task A_student_learns_the_vectors_beside_masked_words()
    {
        using var folder = new TemporaryFolder();
        TaughtTexts taught = await Taught(folder);
        using BertForMaskedLM module = New();
        TokenCorpus corpus = TokenCorpus.Create(s_texts.Chunk(10), s_tokenizer);
        var packer = new SequencePacker(corpus, Enumerable.Range(0, corpus.DocumentStarts.Length), s_tokenizer, seed: 5);
        var masked = new MaskedLanguageModelObjective(packer, packer, new WholeWordMasking(s_tokenizer, 0.2),
            new MaskedLanguageModelOptions { TokensPerStep = 128, TokensPerBatch = 128, Phases = [(0, [(16, 1)])] }, weight: 0.2);
        var objective = new TeacherObjective(taught, s_tokenizer, s_options);
        using var replicas = new ModuleReplicas<BertForMaskedLM>(module, New, 2);
        double untrained = Cosine(objective.Evaluate(replicas));
        var options = new PretrainingOptions { LearningRate = 5e-3, MaxSteps = 60, Workers = 2 };
        var trainer = new Pretrainer(replicas, [objective, masked], options, _ => { });
        Assert.True(trainer.Run(folder["run"], TestContext.Current.CancellationToken));
        double trained = Cosine(objective.Evaluate(replicas));
        Assert.True(trained > Math.Max(0.6, untrained + 0.3), $"{untrained} to {trained}");
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task Vectors_of_the_embeddings_alone_teach_no_layer(bool embeddingsOnly)
    {
        using var folder = new TemporaryFolder();
        using BertForMaskedLM module = New();
        new TeacherObjective(await Taught(folder), s_tokenizer, s_options with { EmbeddingsOnly = embeddingsOnly })
            .Accumulate(module, 0, 0, 0, 1);
        Assert.True(Learns(CanonicalNames.WordEmbeddings));
        Assert.Equal(!embeddingsOnly, Learns("encoder.layer"));

        bool Learns(string name) => module.State().Any(p =>
            ModuleState.Canonical(p.Name).Contains(name, StringComparison.Ordinal)
            && p.Parameter.grad is { } gradient && gradient.to_dense().data<float>().Any(value => value != 0));
    }

    [Fact]
    public async Task Vectors_of_other_texts_are_refused()
    {
        using var folder = new TemporaryFolder();
        await Write(folder["taught.parquet"], [.. s_texts.Select(text => Vector(text, 6))], firstId: 1);
        Assert.Contains("id 400 of", Assert.Throws<InvalidDataException>(() => Read(folder, "taught.parquet", 8, 64)).Message);
    }

    private static async Task<TaughtTexts> Taught(TemporaryFolder folder)
    {
        await Write(folder["taught.parquet"], [.. s_texts.Select(text => Vector(text, Size))]);
        return Read(folder, "taught.parquet", s_config.HiddenSize, maxTokens: 64);
    }

    private static BertForMaskedLM New()
    {
        torch.manual_seed(3);
        return new(s_config);
    }

    private static TaughtTexts Read(TemporaryFolder folder, string vectors, int dimension, int maxTokens)
    {
        File.WriteAllLines(folder["texts.jsonl"], s_texts.Select((text, id) => JsonSerializer.Serialize(new { id, text })));
        return TaughtTexts.Read(folder["texts.jsonl"], folder[vectors], s_tokenizer, dimension, maxTokens);
    }

    private static double Cosine(string evaluation) => double.Parse(evaluation.Split(' ')[^1], CultureInfo.InvariantCulture);

    private static List<int> Ids(string text)
    {
        var ids = new List<int>();
        s_tokenizer.EncodeTo(text, ids);
        return ids;
    }

    // The teacher knows a text as the sum of seeded vectors of its words, in a subspace of the given rank.
    private static float[] Vector(string text, int rank)
    {
        float[] sum = new float[Size];
        foreach (int id in Ids(text))
        {
            var random = new Random(id);
            for (int i = 0; i < rank; i++)
                sum[i] += (float)random.NextDouble() - 0.5f;
        }
        return sum;
    }

    private static async Task Write(string path, float[][]? vectors, int firstId = 0)
    {
        var ids = new DataField<long>("id", true);
        var values = new ListField("embedding", new DataField<float>(ListField.ElementName, false));
        var schema = new ParquetSchema([ids, .. vectors is null ? Array.Empty<Field>() : [values]]);
        await using FileStream file = File.Create(path);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, file);
        using ParquetRowGroupWriter group = writer.CreateRowGroup();
        await group.WriteAsync<long>(schema.DataFields[0], s_texts.Select((_, i) => (long?)(i + firstId)).ToArray());
        if (vectors is not null)
        {
            int[] definitions = [.. vectors.SelectMany(vector => vector.Select(_ => 2))];
            int[] repetitions = [.. vectors.SelectMany(vector => vector.Select((_, i) => i > 0 ? 1 : 0))];
            await group.WriteAllPartsAsync<float>(
                schema.DataFields[1], vectors.SelectMany(vector => vector).ToArray(), definitions, repetitions, default);
        }
    }

    private static IEnumerable<string> Texts()
    {
        var random = new Random(5);
        string[] words =
            ["movie", "book", "phone", "screen", "good", "bad", "great", "poor", "love", "hate", "the", "this", "very", "price"];
        for (int i = 0; i < 400; i++)
            yield return string.Join(' ', Enumerable.Range(0, random.Next(3, 9)).Select(_ => words[random.Next(words.Length)]));
    }
}
