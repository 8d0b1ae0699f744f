using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Training;

/// <summary>A training whose process is killed, several times, ends with the bits of one that was left alone.</summary>
[Collection(UsesTorch.Name)]
public class KilledTrainingTests
{
    private const string FolderVariable = "BERT_MLNET_TRAINING", StopVariable = "BERT_MLNET_STOP_AT";
    private const string Reached = "reached";

    [Fact]
    public async Task A_training_that_was_killed_at_several_points_equals_one_that_was_not()
    {
        using TemporaryFolder unbroken = new(), broken = new();
        float[] expected = Train(unbroken.Path, stopAt: int.MaxValue);
        foreach (int step in (int[])[2, 9, 14])
            await KillAtAsync(broken.Path, step);
        const string Last = "checkpoint-15";
        Assert.True(Directory.Exists(unbroken[Last]));
        if (!OperatingSystem.IsWindows())
            await KillInTheMiddleOfAsync(Last, broken.Path);
        Assert.NotEmpty(Directory.GetDirectories(broken.Path, "checkpoint-*"));
        Assert.Equal(expected, Train(broken.Path, stopAt: int.MaxValue));
    }

    /// <summary>What the process that is killed does. It waits where it shall be killed.</summary>
    [Fact(Explicit = true)]
    public void Train_in_a_process_of_its_own() =>
        Train(Environment.GetEnvironmentVariable(FolderVariable)!,
            int.Parse(Environment.GetEnvironmentVariable(StopVariable)!, CultureInfo.InvariantCulture));

    private static async Task KillAtAsync(string folder, int step)
    {
        string reached = Path.Combine(folder, Reached);
        await KillWhenAsync(() => File.Exists(reached), folder, step);
        File.Delete(reached);
    }

    /// <summary>
    /// Kills it when the weights of a checkpoint are written and the optimizer is not: what it writes that to is a pipe which nobody reads.
    /// </summary>
    private static async Task KillInTheMiddleOfAsync(string checkpoint, string folder)
    {
        string beside = Directory.CreateDirectory(Path.Combine(folder, checkpoint + ".tmp")).FullName,
            pipe = Path.Combine(beside, "optimizer.safetensors");
        Assert.Equal(0, ChildProcess.Run(new ProcessStartInfo("mkfifo", [pipe])).ExitCode);
        await KillWhenAsync(() => File.Exists(Path.Combine(beside, "model.safetensors")), folder, int.MaxValue);
        File.Delete(pipe);
        Assert.False(Directory.Exists(Path.Combine(folder, checkpoint)));
    }

    private static async Task KillWhenAsync(Func<bool> isTime, string folder, int stopAt)
    {
        ProcessStartInfo start = ChildProcess.Method(typeof(KilledTrainingTests), nameof(Train_in_a_process_of_its_own));
        (start.Environment[FolderVariable], start.Environment[StopVariable]) = (folder, stopAt.ToString(CultureInfo.InvariantCulture));
        using var process = new ChildProcess(start);
        await process.UntilAsync(isTime);
        await process.KillAsync();
    }

    private static float[] Train(string folder, int stopAt)
    {
        var ml = new MLContext(seed: 6);
        IDataView data = ml.Data.LoadFromEnumerable(
            ToyLanguage.Texts(90, seed: 8).Select(row => new Row { Sentence1 = row.Text, Label = row.Label }).ToArray());
        data = ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);
        using BertClassifierTransformer fitted =
            ml.MulticlassClassification.Trainers.TextClassification(new TextClassificationTrainer.Options
        {
            Model = ToyLanguage.Model(),
            BatchSize = 16,
            MaxEpochs = 3,
            ValidationFraction = 0.2,
            CheckpointFolder = folder,
            SaveSteps = 4,
            LoggingSteps = 1,
            Progress = new WaitAt(stopAt, Path.Combine(folder, Reached)),
        }).Fit(data);
        return [.. fitted.Transform(data).GetColumn<float[]>("Score").SelectMany(scores => scores)];
    }

    private sealed class WaitAt(int step, string file) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step < step)
                return;
            File.WriteAllText(file, "");
            Thread.Sleep(Timeout.Infinite);
        }
    }

    private sealed class Row
    {
        public string Sentence1 { get; set; } = "";

        public int Label { get; set; }
    }
}
