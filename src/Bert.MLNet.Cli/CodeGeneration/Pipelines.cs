using Bert.MLNet.Experiments;

namespace Bert.MLNet.Cli.CodeGeneration;

/// <summary>The common parts of pipelines for texts and pairs.</summary>
internal static class Pipelines
{
    /// <summary>The properties of a trainer's options, one per line.</summary>
    public static string Options(TrainingSettings settings, params IEnumerable<string> more) => string.Join("\n", ((IEnumerable<string>)
    [
        "Model = bert,",
        .. more,
        .. settings.Epochs is { } epochs ? [$"MaxEpochs = {CSharp.Literal(epochs)},"] : Array.Empty<string>(),
        $"BatchSize = {CSharp.Literal(settings.BatchSize)},",
        .. settings.LearningRate is { } rate ? [$"LearningRate = {CSharp.Literal(rate)},"] : Array.Empty<string>(),
        .. settings.Contender is FineTuningContender training ? More(training) : [],
        $"EarlyStoppingPatience = {(settings.Patience is { } patience ? CSharp.Literal(patience) : "null")},",
        $"Seed = {CSharp.Literal(settings.Seed)},",
        "Progress = new Reports(),",
        settings.HasValidationSet ? "ValidationSet = validation," : $"ValidationFraction = {CSharp.Literal(settings.ValidationFraction)},",
    ]).Select(line => new string(' ', 12) + line));

    private static IEnumerable<string> More(FineTuningContender training)
    {
        if (training.LayerwiseDecay != 1)
            yield return $"LayerwiseLearningRateDecay = {CSharp.Literal(training.LayerwiseDecay)},";
        if (training.FreezeEmbeddings)
            yield return "FreezeEmbeddings = true,";
        if (training.Temperature != 1)
            yield return $"CalibrationTemperature = {CSharp.Literal(training.Temperature)},";
        if (training.Precision != BertPrecision.Full)
            yield return $"Precision = BertPrecision.{training.Precision},";
    }

    /// <summary>The steps that compute vectors of texts, or features of pairs including the cosine of their vectors.</summary>
    public static string Embedding(TrainingSettings settings, bool pairs)
    {
        string prompt = settings.Prompt is { } text ? CSharp.Literal(text) : "";
        return pairs ? $$"""
            mlContext.Transforms.Text.ApplyBertPairEmbedding(new BertPairEmbeddingEstimator.Options
                    {
                        Model = bert,
                        OutputColumnName = "PairFeatures",
                        CosineColumnName = "Cosine",
                        Normalize = true,{{(prompt.Length > 0 ? $"\n            Prompt = {prompt}," : "")}}
                    }).Append(mlContext.Transforms.Concatenate("Features", "PairFeatures", "Cosine"))
            """
            : "mlContext.Transforms.Text.ApplyBertEmbedding(\"Features\", \"Sentence1\", bert, normalize: " +
                $"true{(prompt.Length > 0 ? $", prompt: {prompt}" : "")})";
    }

    /// <summary>The columns that a model of texts or pairs reads, named as in the table.</summary>
    public static CodeColumn[] Inputs(TrainingSettings settings, string labelColumn, string labelType)
    {
        string[] columns = [labelColumn, "Sentence1", "Sentence2"], types = [labelType, "string", "string"];
        HashSet<string> taken = ["ModelInput", "ModelOutput", "PredictedLabel", "Score"];
        return [.. settings.Source.Columns.Select((source, i) =>
        {
            string property = CSharp.Identifier(source.Name, taken, "_");
            taken.Add(property);
            return new CodeColumn(property, columns[i], types[i]);
        })];
    }
}
