using Bert.MLNet.Cli.CodeGeneration;
using Bert.MLNet.Cli.Tables;
using Bert.MLNet.Experiments;

namespace Bert.MLNet.Tests.Cli.CodeGeneration;

public sealed class PipelinesTests
{
    private static readonly TrainingSettings s_settings = GeneratedProject.Settings(new TableSource("/data/x", SourceForm.Conll));

    [Fact]
    public void What_a_search_has_varied_is_an_option_of_the_generated_trainer()
    {
        var best = new FineTuningContender(FineTuningKind.Whole)
        {
            LayerwiseDecay = 0.8, FreezeEmbeddings = true, Precision = BertPrecision.BFloat16, Temperature = 1.5,
        };
        Assert.Equal(
            Lines(s_settings with { Contender = new FineTuningContender(FineTuningKind.Whole) })
                .Concat([
                    "LayerwiseLearningRateDecay = 0.8,", "FreezeEmbeddings = true,", "CalibrationTemperature = 1.5,",
                    "Precision = BertPrecision.BFloat16,",
                ]).Order(),
            Lines(s_settings with { Contender = best }).Order());
    }

    [Fact]
    public void A_trainer_reads_the_features_that_it_was_compared_with()
    {
        (VectorKind Kind, string Parts, bool IsStatic)[] kinds =
        [
            (VectorKind.NGrams, "\"NGrams\"", false), (VectorKind.Cosine, "\"Cosine\"", false),
            (VectorKind.StaticCosine, "\"Cosine\"", true), (VectorKind.Embeddings, "\"Vectors\", \"Cosine\"", false),
            (VectorKind.StaticEmbeddings, "\"Vectors\", \"Cosine\"", true), (VectorKind.Joined, "\"NGrams\", \"Vectors\"", false),
            (VectorKind.StaticJoined, "\"NGrams\", \"Vectors\"", true),
        ];
        Assert.All(kinds, kind =>
        {
            var contender = new VectorContender(kind.Kind, new(VectorAlgorithm.Sdca)) { Model = BertModel.Default };
            TrainingSettings settings = s_settings with { Contender = contender };
            Assert.Contains(
                $"Concatenate(\"Features\", {kind.Parts})", VectorPipelines.Regression(settings, contender), StringComparison.Ordinal);
            Assert.Equal(kind.IsStatic ? "BertModel.DefaultStatic" : "BertModel.Default", settings.OpenModel);
        });
    }

    private static IEnumerable<string> Lines(TrainingSettings settings) =>
        Pipelines.Options(settings).Split('\n').Select(line => line.Trim());
}
