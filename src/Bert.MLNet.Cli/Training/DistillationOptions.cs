using System.CommandLine;
using Bert.MLNet.Cli.Verbs;

namespace Bert.MLNet.Cli.Training;

/// <summary>The options for the teacher of a training, and for the student that is made of a part of a checkpoint.</summary>
internal sealed class DistillationOptions
{
    private readonly Option<string> _teacher = new("--teacher")
    {
        Description = "The checkpoint to imitate: a folder, a name on the HuggingFace hub, or 'embedded'.",
        Required = true,
    };

    private readonly Option<int[]> _layers = new("--layers")
    {
        Description = "The layers that the student keeps, counted from 0, such as 0 2 5. Default: all. Without --model, they are those " +
            "of the teacher.",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<bool> _trim = new("--trim-vocabulary")
    {
        Description = "The student keeps only the tokens that the texts need, and single characters.",
    };

    private readonly Option<bool> _squared = new("--squared-error")
    {
        Description = "Learn the values of vectors by their squared error. Default: their directions, by the cosine.",
    };

    private readonly Option<double> _temperature = new("--temperature")
    {
        Description = "With --label-col: the number by which logits are divided. A higher one makes unlikely labels count more.",
        DefaultValueFactory = _ => 2,
    };

    private readonly Option<double> _labelWeight = new("--label-weight")
    {
        Description = "With --label-col: the share of the labels in the loss, from 0 to 1. The rest is the teacher's.",
        DefaultValueFactory = _ => 0.5,
    };

    public void AddTo(Command command)
    {
        CommonOptions.Require(_layers, layers => layers is null || layers.All(layer => layer >= 0), "numbers from 0");
        CommonOptions.Require(_temperature, value => value > 0 && double.IsFinite(value), "above 0");
        CommonOptions.Require(_labelWeight, value => value is >= 0 and <= 1, "from 0 to 1");
        foreach (Option option in new Option[] { _teacher, _layers, _trim, _squared, _temperature, _labelWeight })
            command.Options.Add(option);
    }

    /// <summary>Checks options that depend on others.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="hasLabels">Whether predictions are learned; otherwise vectors.</param>
    /// <param name="hasModel">Whether the student is another checkpoint.</param>
    /// <exception cref="UsageException">There is no student, or an option does not apply.</exception>
    public void Check(ParseResult arguments, bool hasLabels, bool hasModel)
    {
        if (!hasModel && Layers(arguments).Length == 0 && !arguments.GetValue(_trim))
            throw new UsageException("Specify the student with --model, or make it of the teacher with --layers or --trim-vocabulary.");
        Option[] others = hasLabels ? [_squared] : [_temperature, _labelWeight];
        if (Array.Find(others, option => arguments.GetResult(option) is { Implicit: false }) is { } other)
            throw new UsageException(hasLabels
                ? $"{other.Name} is for vectors. Omit it or --label-col."
                : $"{other.Name} is for labels. Omit it, or specify --label-col.");
    }

    public Task<BertModel> OpenTeacherAsync(ParseResult arguments, CancellationToken cancellation) =>
        Checkpoint.OpenAsync(arguments.GetRequiredValue(_teacher), cancellation);

    /// <summary>Creates the student from a checkpoint.</summary>
    public BertModel Reduce(ParseResult arguments, BertModel model, IEnumerable<string> texts, CancellationToken cancellation)
    {
        if (Layers(arguments) is { Length: > 0 } layers)
            model = model.WithLayers(layers);
        return arguments.GetValue(_trim) ? model.TrimVocabulary(texts, new() { CancellationToken = cancellation }) : model;
    }

    /// <summary>The loss of vectors.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="teacher">The teacher.</param>
    /// <param name="file">The file that keeps the teacher's vectors; null for none.</param>
    /// <param name="progress">Receives the share of texts whose vectors are known.</param>
    public SentenceLoss Loss(ParseResult arguments, BertModel teacher, string? file, IProgress<double> progress) => new EmbedDistillLoss
    {
        MeanSquaredError = arguments.GetValue(_squared),
        Teacher = new EmbeddingTeacher(teacher) { CacheFile = file, Progress = progress },
    };

    /// <summary>The options for learning predictions.</summary>
    public BertDistillation Of(ParseResult arguments, BertModel teacher) => new(teacher)
    {
        Temperature = arguments.GetValue(_temperature),
        LabelWeight = arguments.GetValue(_labelWeight),
    };

    private int[] Layers(ParseResult arguments) => arguments.GetValue(_layers) ?? [];
}
