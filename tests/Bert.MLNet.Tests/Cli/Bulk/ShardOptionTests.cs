using System.CommandLine;
using Bert.MLNet.Cli;
using Bert.MLNet.Cli.Bulk;

namespace Bert.MLNet.Tests.Cli.Bulk;

/// <summary>The part of a task is that which its scheduler numbers, and parts divide blocks evenly.</summary>
public sealed class ShardOptionTests
{
    [Theory]
    [InlineData("--shard 2/8", "", 2, 8)]
    [InlineData("--shard auto", "SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_COUNT=8 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=7", 1, 8)]
    [InlineData("--shard auto",
        "SLURM_ARRAY_TASK_ID=8 SLURM_ARRAY_TASK_COUNT=8 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=8 SLURM_ARRAY_TASK_STEP=1", 8, 8)]
    [InlineData("--shard auto",
        "SLURM_ARRAY_TASK_ID=14 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=5 SLURM_ARRAY_TASK_MAX=14 SLURM_ARRAY_TASK_STEP=3", 4, 4)]
    // --array=3,5
    [InlineData("--shard auto --shards 8", "SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_COUNT=2 SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_MAX=5",
        6, 8)]
    [InlineData("--shard auto --shards 3", "JOB_COMPLETION_INDEX=2", 3, 3)]
    public void The_part_follows_from_the_task(string options, string variables, int number, int count) =>
        Assert.Equal(new Shard(number, count), Of(options, variables));

    [Theory]
    [InlineData("--shard auto", "", "--shard auto needs a task of a Slurm array")]
    [InlineData("--shard auto", "JOB_COMPLETION_INDEX=2", "--shard auto needs --shards in Kubernetes")]
    [InlineData("--shard auto --shards 8", "SLURM_ARRAY_TASK_ID=8",
        "SLURM_ARRAY_TASK_ID is 8, but --shards is 8. With --shards, tasks are counted from 0: number them 0-7.")]
    [InlineData("--shard auto", "SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=9",
        "The Slurm array has gaps: 3 tasks from 1 to 9.")]
    [InlineData("--shard auto", "SLURM_ARRAY_TASK_ID=1",
        "--shard auto needs a number from 0 in the environment variable SLURM_ARRAY_TASK_COUNT, not ''.")]
    [InlineData("--shard auto --shards 4", "JOB_COMPLETION_INDEX=one",
        "--shard auto needs a number from 0 in the environment variable JOB_COMPLETION_INDEX, not 'one'.")]
    [InlineData("--shard 1/2 --shards 2", "", "--shards needs --shard auto.")]
    public void A_task_without_a_part_is_told_what_to_pass(string options, string variables, string message) =>
        Assert.StartsWith(message, Assert.Throws<UsageException>(() => Of(options, variables)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(1, 5)]
    [InlineData(7, 3)]
    [InlineData(1_000_000_007, 1000)]
    public void Parts_cover_all_blocks_once_and_evenly(long blocks, int count)
    {
        BlockRange[] parts = [.. Enumerable.Range(1, count).Select(number => new Shard(number, count).Of(blocks))];
        Assert.Equal((0, blocks), (parts[0].First, parts[^1].End));
        Assert.All(parts.Zip(parts.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.First));
        Assert.All(parts, part => Assert.InRange(part.End - part.First, blocks / count, (blocks / count) + 1));
    }

    private static Shard? Of(string options, string variables)
    {
        var option = new ShardOption();
        var command = new RootCommand();
        option.AddTo(command);
        ParseResult arguments = command.Parse(options.Split(' '));
        Assert.Empty(arguments.Errors);
        Dictionary<string, string> values = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('='))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        return option.Of(arguments, values.GetValueOrDefault);
    }
}
