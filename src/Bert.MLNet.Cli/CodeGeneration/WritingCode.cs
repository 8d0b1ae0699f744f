using Bert.MLNet.Cli.Training;

namespace Bert.MLNet.Cli.CodeGeneration;

/// <summary>Generated code of <c>translation</c> and <c>summarization</c>.</summary>
internal static class WritingCode
{
    private static readonly CodeColumn[] s_texts = [new("Source", "Source", "string")];

    /// <summary>Code that trains an encoder and a decoder.</summary>
    /// <param name="task">The task.</param>
    /// <param name="settings">How the model was trained.</param>
    /// <param name="training">The trainer's options.</param>
    /// <param name="start">The expression for the model that the training starts from, given the checkpoint <c>bert</c>.</param>
    /// <param name="sample">A source.</param>
    public static ModelCode Create(
        WritingTask task, TrainingSettings settings, SequenceToSequenceTrainer.Options training, string start, string sample) =>
        Create(task, settings, "MulticlassClassification", "SequenceToSequence", $"        bert = {start};\n", Options(training), sample);

    /// <summary>Code that trains an encoder to pick sentences.</summary>
    /// <param name="task">The task.</param>
    /// <param name="settings">How the model was trained.</param>
    /// <param name="training">The trainer's options.</param>
    /// <param name="sample">A source.</param>
    public static ModelCode Create(
        WritingTask task, TrainingSettings settings, ExtractiveSummarizationTrainer.Options training, string sample) =>
        Create(task, settings, "Ranking", "ExtractiveSummarization", "", Options(training), sample);

    private static ModelCode Create(
        WritingTask task, TrainingSettings settings, string catalog, string trainer, string start, IEnumerable<string> options,
        string sample) => new()
        {
            Scenario = task.Name,
            Trainer = trainer,
            MetricName = task.MetricsShown[0].Split('.')[0],
            Labels = [new("Target", "Target", "string")],
            Texts = s_texts,
            Outputs = [.. s_texts, new("PredictedText", "PredictedText", "string")],
            Pipeline = $$"""
            {{Validation(settings)}}{{start}}        var options = new {{trainer}}Trainer.Options
                    {
            {{Pipelines.Options(settings, options)}}
                    };
                    return mlContext.{{catalog}}.Trainers.{{trainer}}(options);
            """,
            Metrics = task.Metrics,
            Evaluation = $"mlContext.MulticlassClassification.{task.Evaluator}(predictions)",
            MetricsShown = task.MetricsShown,
            Show = "Console.WriteLine($\"PredictedText: {output.PredictedText}\");",
            Sample = [sample],
        };

    /// <summary>The expression that adds a decoder to the checkpoint.</summary>
    /// <param name="options">The decoder; its checkpoint is that of the encoder.</param>
    /// <param name="encoderLayers">The number of first layers to keep in the encoder; null for all.</param>
    /// <param name="tokenizer">The folder of its tokenizer; null for the encoder's.</param>
    public static string WithDecoder(BertDecoderOptions options, int? encoderLayers, string? tokenizer) => Call(
        (encoderLayers is { } count
            ? $"WithSentence(new BertSentenceOptions()).WithLayers({string.Join(", ", Enumerable.Range(0, count).Select(CSharp.Literal))})."
            : "") + "WithDecoder",
        "BertDecoderOptions",
    [
        .. options.Checkpoint is null ? Array.Empty<string>() : ["Checkpoint = bert"],
        .. options.SharesEncoder ? ["SharesEncoder = true"] : Array.Empty<string>(),
        .. tokenizer is null ? Array.Empty<string>() : [$"Tokenizer = BertTokenizer.FromPretrained({CSharp.Literal(tokenizer)})"],
        .. Size("NumHiddenLayers", options.NumHiddenLayers), .. Size("HiddenSize", options.HiddenSize),
        .. Size("NumAttentionHeads", options.NumAttentionHeads), .. Size("IntermediateSize", options.IntermediateSize),
        $"Generation = new BertGenerationOptions {{ {string.Join(", ", Generation(options.Generation!))} }}",
        $"Seed = {CSharp.Literal(options.Seed)}",
    ]);

    /// <summary>The expression that changes the options of generation of a checkpoint that has a decoder.</summary>
    public static string WithGeneration(BertGenerationOptions options) =>
        Call("WithGeneration", "BertGenerationOptions", [.. Generation(options)]);

    private static string Validation(TrainingSettings settings) => settings.HasValidationSet
        ? "        IDataView validation = LoadIDataViewFromFile(mlContext, ValidationFilePath);\n"
        : "";

    private static string Call(string method, string type, IReadOnlyList<string> properties) =>
        $"bert.{method}(new {type}\n        {{\n{string.Concat(properties.Select(property => $"            {property},\n"))}        }})";

    private static string[] Size(string name, int? value) => value is { } size ? [$"{name} = {CSharp.Literal(size)}"] : [];

    private static IEnumerable<string> Options(SequenceToSequenceTrainer.Options options)
    {
        yield return $"LabelSmoothingFactor = {CSharp.Literal(options.LabelSmoothingFactor)},";
        if (options.FreezeEncoder)
            yield return "FreezeEncoder = true,";
        if (options.ValidationMetric != BertTextMetric.Loss)
            yield return $"ValidationMetric = BertTextMetric.{options.ValidationMetric},";
        foreach (string line in Shared(options))
            yield return line;
    }

    private static IEnumerable<string> Options(ExtractiveSummarizationTrainer.Options options) =>
    [
        $"LabelColumnName = {CSharp.Literal(options.LabelColumnName)},", $"InputColumnName = {CSharp.Literal(options.InputColumnName)},",
        $"OutputColumnName = {CSharp.Literal(options.OutputColumnName)},",
        $"NumberOfSentences = {CSharp.Literal(options.NumberOfSentences)},",
        .. Shared(options),
    ];

    private static IEnumerable<string> Shared(BertTrainingOptions options)
    {
        var defaults = new SequenceToSequenceTrainer.Options();
        if (options.Dropout is { } dropout)
            yield return $"Dropout = {CSharp.Literal(dropout)},";
        if (options.TokensPerBatch is { } tokens)
            yield return $"TokensPerBatch = {CSharp.Literal(tokens)},";
        if (options.Precision != defaults.Precision)
            yield return $"Precision = BertPrecision.{options.Precision},";
        if (options.Device != defaults.Device)
            yield return $"Device = {CSharp.Literal(options.Device)},";
        if (options.WarmupRatio != defaults.WarmupRatio)
            yield return $"WarmupRatio = {CSharp.Literal(options.WarmupRatio)},";
    }

    // Those that differ from the defaults, and the number of beams.
    private static IEnumerable<string> Generation(BertGenerationOptions options)
    {
        var defaults = new BertGenerationOptions();
        yield return $"NumBeams = {CSharp.Literal(options.NumBeams)}";
        foreach ((string name, string value, bool isDefault) in new[]
        {
            ("MaxLength", CSharp.Literal(options.MaxLength), options.MaxLength == defaults.MaxLength),
            ("MinLength", CSharp.Literal(options.MinLength), options.MinLength == defaults.MinLength),
            ("LengthPenalty", CSharp.Literal(options.LengthPenalty), options.LengthPenalty == defaults.LengthPenalty),
            ("NoRepeatNgramSize", CSharp.Literal(options.NoRepeatNgramSize), options.NoRepeatNgramSize == defaults.NoRepeatNgramSize),
            ("RepetitionPenalty", CSharp.Literal(options.RepetitionPenalty), options.RepetitionPenalty == defaults.RepetitionPenalty),
            ("ForcedBosTokenId", CSharp.Literal(options.ForcedBosTokenId ?? 0), options.ForcedBosTokenId is null),
            ("ForcedEosTokenId", CSharp.Literal(options.ForcedEosTokenId ?? 0), options.ForcedEosTokenId is null),
            ("EarlyStopping", $"BertEarlyStopping.{options.EarlyStopping}", options.EarlyStopping == defaults.EarlyStopping),
            ("NumReturnSequences", CSharp.Literal(options.NumReturnSequences), options.NumReturnSequences == defaults.NumReturnSequences),
            ("DoSample", CSharp.Literal(options.DoSample), options.DoSample == defaults.DoSample),
            ("Temperature", CSharp.Literal(options.Temperature), options.Temperature == defaults.Temperature),
            ("TopK", CSharp.Literal(options.TopK), options.TopK == defaults.TopK),
            ("TopP", CSharp.Literal(options.TopP), options.TopP == defaults.TopP),
            ("Seed", CSharp.Literal(options.Seed), options.Seed == defaults.Seed),
        })
        {
            if (!isDefault)
                yield return $"{name} = {value}";
        }
    }
}
