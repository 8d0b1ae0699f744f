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

    private static IEnumerable<string> Lines(TrainingSettings settings) =>
        Pipelines.Options(settings).Split('\n').Select(line => line.Trim());
}
