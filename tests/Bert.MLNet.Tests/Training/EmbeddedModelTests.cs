using System.Globalization;
using System.Numerics.Tensors;
using Bert.MLNet.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Training;

/// <summary>What data/models/bert-mini-en promises.</summary>
[Collection(UsesTorch.Name)]
public class EmbeddedModelTests
{
    private static readonly string s_folder = Path.Combine(Shared.Repository, "data", "models", "bert-mini-en");

    [Fact]
    public void The_folder_is_small_and_has_what_other_libraries_read()
    {
        FileInfo[] files = [.. Directory.GetFiles(s_folder, "*", SearchOption.AllDirectories).Select(path => new FileInfo(path))];
        Assert.InRange(files.Sum(file => file.Length), 1_000_000, 20_000_000);
        Assert.Superset(
            new HashSet<string>
            {
                "config.json",
                "model.safetensors",
                "vocab.txt",
                "tokenizer_config.json",
                "special_tokens_map.json",
                "modules.json",
                "README.md",
            },
            files.Select(file => file.Name).ToHashSet());
    }

    [Fact]
    public void Similar_sentences_have_similar_vectors_and_random_weights_do_not_do_it()
    {
        string[][] pairs = [.. File.ReadLines(Path.Combine(Shared.Repository, "data", "sentence-pairs.tsv")).Skip(1)
            .Select(line => line.Split('\t'))];
        double[] scores = [.. pairs.Select(pair => double.Parse(pair[^1], CultureInfo.InvariantCulture))];
        BertModel model = BertModel.FromPretrained(s_folder);
        TorchRuntime.EnsureLoaded();
        using var random = new BertForMaskedLM(model.Config);
        var control = new BertModel(model.Config, model.Tokenizer, random.ToWeights(), model.Sentence);

        double trained = Correlation(Cosines(model, pairs), scores), untrained = Correlation(Cosines(control, pairs), scores);
        Assert.True(trained > untrained + 0.1, $"{trained:F3}, with random weights {untrained:F3}");
    }

    [Theory]
    [InlineData("the united [MASK] of america", "states")]
    [InlineData("she opened the [MASK] and walked into the room.", "door", "doors", "window")]
    public void The_masked_word_head_guesses_a_word_that_fits(string text, params string[] fitting)
    {
        TorchRuntime.EnsureLoaded();
        BertModel model = BertModel.FromPretrained(s_folder);
        using var module = new BertForMaskedLM(model.Config);
        module.Load(model.Weights!);
        module.eval();

        string[] parts = text.Split(model.Tokenizer.Options.MaskToken);
        var ids = new List<int> { model.Tokenizer.ClsTokenId };
        model.Tokenizer.EncodeTo(parts[0], ids);
        long position = ids.Count;
        ids.Add(model.Tokenizer.MaskTokenId);
        model.Tokenizer.EncodeTo(parts[1], ids);
        ids.Add(model.Tokenizer.SepTokenId);

        using var scope = TorchSharp.torch.NewDisposeScope();
        long[] best = module.Forward(PaddedBatch.OfSequences([.. ids.Select(id => (long)id)], 1), TorchSharp.torch.tensor([position]))
            .topk(10).indexes.data<long>().ToArray();
        string?[] guesses = [.. best.Select(id => model.Tokenizer.Vocabulary[(int)id])];
        Assert.True(guesses.Intersect(fitting).Any(), string.Join(' ', guesses));
    }

    private static double[] Cosines(BertModel model, string[][] pairs)
    {
        float[][] first = Embed(model, pairs.Select(pair => pair[0])), second = Embed(model, pairs.Select(pair => pair[1]));
        return [.. first.Zip(second, (a, b) => (double)TensorPrimitives.CosineSimilarity<float>(a, b))];
    }

    private static float[][] Embed(BertModel model, IEnumerable<string> texts)
    {
        var ml = new MLContext();
        IDataView rows = ml.Data.LoadFromEnumerable(texts.Select(text => new Row { Text = text }));
        using var embedding = ml.Transforms.Text.ApplyBertEmbedding("Vector", "Text", model).Fit(rows);
        return [.. ml.Data.CreateEnumerable<Embedded>(embedding.Transform(rows), reuseRowObject: false).Select(row => row.Vector)];
    }

    private static double Correlation(double[] x, double[] y)
    {
        double meanX = x.Average(), meanY = y.Average();
        return x.Zip(y, (a, b) => (a - meanX) * (b - meanY))
            .Sum() / Math.Sqrt(x.Sum(a => (a - meanX) * (a - meanX)) * y.Sum(b => (b - meanY) * (b - meanY)));
    }

    private sealed class Row
    {
        public string Text { get; set; } = "";
    }

    private sealed class Embedded
    {
        public float[] Vector { get; set; } = [];
    }
}
