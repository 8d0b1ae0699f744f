using System.CommandLine;
using System.Globalization;

namespace Bert.MLNet.Cli.Bulk;

/// <summary>The options that select a part of a data set, by number or by the environment of a scheduler's task.</summary>
internal sealed class ShardOption
{
    private const string Auto = "auto", Slurm = "SLURM_ARRAY_TASK_", KubernetesIndex = "JOB_COMPLETION_INDEX";

    private readonly Option<string?> _shard = new("--shard")
    {
        Description = "Process only part i of n of the data set, such as 2/8, or 'auto' for the part of this task of a Slurm array or a " +
            "Kubernetes Indexed Job. The file is named NAME-00002-of-00008; 'merge' joins all parts.",
        HelpName = "i/n",
    };

    private readonly Option<int?> _shards = new("--shards")
    {
        Description = "The number of parts for --shard auto, with tasks counted from 0. Default: the number of tasks of the Slurm array. " +
            "Kubernetes does not tell it to its tasks.",
    };

    public ShardOption()
    {
        _shard.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && text != Auto && Parse(text) is null)
                result.AddError("--shard must be i/n, such as 2/8, with i from 1 to n, or 'auto'.");
        });
        Verbs.CommonOptions.Require(_shards, value => value is null or >= 1, "at least 1");
    }

    public void AddTo(Command command)
    {
        command.Options.Add(_shard);
        command.Options.Add(_shards);
    }

    /// <summary>The selected part, or null for the whole data set.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="variables">Returns the value of an environment variable, or null if it is not set.</param>
    /// <exception cref="UsageException">The environment does not determine the part.</exception>
    public Shard? Of(ParseResult arguments, Func<string, string?> variables)
    {
        string? text = arguments.GetValue(_shard);
        int? count = arguments.GetValue(_shards);
        if (count is not null && text != Auto)
            throw new UsageException("--shards needs --shard auto.");
        return text is null ? null : text == Auto ? FromTask(variables, count) : Parse(text);
    }

    private static Shard FromTask(Func<string, string?> variables, int? count)
    {
        (string name, int index) = variables(Slurm + "ID") is not null
            ? (Slurm + "ID", Read(Slurm + "ID"))
            : variables(KubernetesIndex) is not null
            ? (KubernetesIndex, Read(KubernetesIndex))
            : throw new UsageException(
                $"--shard auto needs a task of a Slurm array ({Slurm}ID) or of a Kubernetes Indexed Job ({KubernetesIndex}). Pass " +
                "--shard i/n instead.");
        if (count is { } given)
        {
            return index < given ? new Shard(index + 1, given) : throw new UsageException(
                string.Create(CultureInfo.InvariantCulture,
                    $"{name} is {index}, but --shards is {given}. With --shards, tasks are counted from 0: number them 0-{given - 1}."));
        }
        if (name == KubernetesIndex)
            throw new UsageException("--shard auto needs --shards in Kubernetes: pass the completions of the job.");
        (int tasks, int first, int last) = (Read(Slurm + "COUNT"), Read(Slurm + "MIN"), Read(Slurm + "MAX"));
        int step = variables(Slurm + "STEP") is null ? 1 : Math.Max(1, Read(Slurm + "STEP"));
        // A list such as 1,5,6 has no step, so a task cannot tell how many come before it.
        bool hasGaps = (last - first) % step != 0 || ((last - first) / step) + 1 != tasks;
        if (hasGaps || index < first || index > last || (index - first) % step != 0)
            throw new UsageException(
                string.Create(CultureInfo.InvariantCulture,
                    $"The Slurm array has gaps: {tasks} tasks from {first} to {last}. Pass the number of parts with --shards.") +
                " Number the tasks from 0.");
        return new Shard(((index - first) / step) + 1, tasks);

        int Read(string variable) => Number(variables(variable)) ?? throw new UsageException(
            $"--shard auto needs a number from 0 in the environment variable {variable}, not '{variables(variable)}'.");
    }

    private static Shard? Parse(string text) =>
        text.Split('/') is [var first, var second] && Number(first) is { } number && Number(second) is { } count
            && number > 0 && number <= count
            ? new Shard(number, count)
            : null;

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;
}
