using Bert.MLNet.Pretraining;
using Bert.MLNet.Training;

namespace Bert.MLNet.Tests.Training;

public sealed class TrainingCheckpointTests
{
    [Theory]
    [InlineData("{\"Step\": 4"), InlineData("no JSON"), InlineData(null)]
    public void A_state_that_cannot_be_read_is_refused_by_its_name(string? content)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["checkpoint-3"]);
        string latest = Directory.CreateDirectory(folder["checkpoint-12"]).FullName;
        if (content is not null)
            File.WriteAllText(Path.Combine(latest, "trainer_state.json"), content);
        Exception error = Assert.Throws<InvalidDataException>(() => TrainingCheckpoint.LoadState<PretrainingState>(folder.Path));
        Assert.StartsWith($"'{Path.Combine(latest, "trainer_state.json")}'", error.Message, StringComparison.Ordinal);
    }
}
