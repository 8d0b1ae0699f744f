using System.Reflection;
using Bert.MLNet.Testing;
using Bert.MLNet.Training;
using Microsoft.ML;
using ModelBuilder;
using NasBert = Microsoft.ML.TorchSharp.NasBert;

namespace Bert.MLNet.DropIn;

/// <summary>
/// The same code with Microsoft.ML.TorchSharp, on the native libraries that this library's loader opens, with random weights in place of
/// those that the package downloads. <c>QuestionAnswer</c> is compiled but not run: its encoder is RoBERTa base, whose weights are half a
/// gigabyte.
/// </summary>
[Collection(UsesTorch.Name)]
public sealed class TorchSharpPackageTests(TorchSharpPackageTests.Weights weights) : IClassFixture<TorchSharpPackageTests.Weights>
{
    private const string Code = "Bert.MLNet.DropIn.TorchSharp";

    [Fact]
    public void Text_classification_of_the_repaired_package_runs_as_generated()
    {
        var (label, score) = ((float, float[]))RunRepaired(nameof(SentimentModel));
        Assert.Contains(label, new[] { 0f, 1f });
        Assert.Equal(2, score.Length);
        Assert.All(score, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Text_classification_of_pairs_with_the_repaired_package_runs_with_all_parameters_by_name()
    {
        var (guess, scores) = ((string, float[]))RunRepaired(nameof(ParaphraseModel));
        Assert.Contains(guess, new[] { "yes", "no" });
        Assert.Equal(2, scores.Length);
    }

    [Fact]
    public void Sentence_similarity_of_the_repaired_package_runs_as_generated() =>
        Assert.True(float.IsFinite((float)RunRepaired(nameof(SimilarityModel))));

    [Fact]
    public void Named_entity_recognition_of_the_repaired_package_runs_as_generated()
    {
        string[][] labels = (string[][])RunRepaired(nameof(NamedEntityModel));
        Assert.Equal(NamedEntityModel.Rows.Count, labels.Length);
    }

    [Theory]
    [InlineData(nameof(SentimentModel))]
    [InlineData(nameof(SimilarityModel))]
    [InlineData(nameof(NamedEntityModel))]
    public void The_package_as_published_disposes_of_its_weights_and_cannot_read_pretrained_ones(string model)
    {
        TargetInvocationException thrown = Assert.Throws<TargetInvocationException>(() => Run(model, Assembly.Load(Code)));
        string message = Assert.IsType<ArgumentException>(thrown.InnerException).Message;
        Assert.StartsWith("Mismatched state_dict sizes", message, StringComparison.Ordinal);
    }

    private object RunRepaired(string model) => Run(model, weights.Repaired.LoadFromAssemblyName(new AssemblyName(Code)));

    private object Run(string model, Assembly code) => code.GetType($"{nameof(ModelBuilder)}.{model}", throwOnError: true)!
        .GetMethod(nameof(SentimentModel.TrainAndPredict))!.Invoke(null, [new MLContext(seed: 1) { TempFilePath = weights.Folder }])!;

    /// <summary>The repaired package, and a folder with the weights that it looks for.</summary>
    public sealed class Weights : IDisposable
    {
        public Weights()
        {
            Environment.SetEnvironmentVariable("MICROSOFTML_RESOURCE_URL", "https://localhost/"); // never downloads
            TorchRuntime.EnsureLoaded();
            TorchSharp.torch.set_num_threads(1); // several threads only wait for each other here
            Repaired = new RepairedTorchSharp(Code);
            Write<NasBert.TextClassificationTrainer.TextClassificationOptions>(NasBertWeights.Sentences);
            Write<NasBert.NerTrainer.NerOptions>(NasBertWeights.Entities);
        }

        internal RepairedTorchSharp Repaired { get; }

        internal string Folder { get; } = Directory.CreateTempSubdirectory("Bert.MLNet.DropIn.").FullName;

        public void Dispose() => Directory.Delete(Folder, recursive: true);

        private void Write<TOptions>(string file)
            where TOptions : NasBert.NasBertTrainer.NasBertOptions =>
            NasBertWeights.Write(Repaired.Package, Repaired.Package.CreateInstance(typeof(TOptions).FullName!)!, Folder, file);
    }
}
