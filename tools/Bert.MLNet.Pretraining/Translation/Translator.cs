using System.Diagnostics;
using System.Globalization;
using Bert.MLNet.Models;
using Microsoft.ML;

namespace Bert.MLNet.Pretraining.Translation;

/// <summary>Trains a translator with the library's trainer, evaluates it and saves it with F16 weights.</summary>
/// <param name="ml">The context.</param>
/// <param name="output">Receives the results.</param>
internal sealed class Translator(MLContext ml, TextWriter output)
{
    /// <summary>Trains on pairs.</summary>
    /// <param name="options">The options of the trainer; progress is printed in addition.</param>
    /// <param name="rows">The training rows.</param>
    /// <param name="validation">The validation rows.</param>
    /// <returns>The trained model with F16 weights.</returns>
    public BertModel Train(SequenceToSequenceTrainer.Options options, TranslatedRow[] rows, TranslatedRow[] validation)
    {
        BertModel start = options.Model!;
        BertDecoder decoder = start.Decoder!;
        double sources = Mean(rows.Select(row => row.Source), start.Tokenizer);
        double targets = Mean(rows.Select(row => row.Target), decoder.Tokenizer);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{rows.Length:N0} rows of {sources:F1} tokens in {start.Tokenizer.Vocabulary.Size:N0} and {targets:F1} tokens in " +
            $"{decoder.Tokenizer.Vocabulary.Size:N0}; {Parameters(start):N0} weights"));
        long begin = Stopwatch.GetTimestamp();
        using BertSequenceToSequenceTransformer trained = ml.MulticlassClassification.Trainers.SequenceToSequence(options with
        {
            ValidationSet = ml.Data.LoadFromEnumerable(validation),
            Progress = new Log(output, sources + targets),
        }).Fit(ml.Data.LoadFromEnumerable(rows));
        TrainingTime = Stopwatch.GetElapsedTime(begin);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"trained in {TrainingTime:hh\\:mm\\:ss}"));
        return Half(trained.Model);
    }

    /// <summary>The time of the last training; null before one.</summary>
    public TimeSpan? TrainingTime { get; private set; }

    /// <summary>Translates rows and prints BLEU, chrF, the time, and some translations.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="shown">The number of translations to print.</param>
    public TranslatedTexts Evaluate(BertModel model, TranslatedRow[] rows, int shown)
    {
        long begin = Stopwatch.GetTimestamp();
        WrittenTranslation[] written = Translate(model, rows);
        TimeSpan time = Stopwatch.GetElapsedTime(begin);
        TranslationMetrics metrics = ml.MulticlassClassification.EvaluateTranslation(ml.Data.LoadFromEnumerable(written));
        foreach (WrittenTranslation row in written.Take(shown))
            output.WriteLine($"  {row.Source}\n  = {row.PredictedText}\n  ({row.Target})");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"BLEU {metrics.Bleu.Score:F2} ({metrics.Bleu.Signature}; brevity penalty {metrics.Bleu.BrevityPenalty:F3}), " +
            $"chrF {metrics.Chrf.Score:F2} ({metrics.Chrf.Signature}), {rows.Length} rows in {time.TotalSeconds:F1} s, " +
            $"{model.Decoder!.Generation.NumBeams} beams"));
        return new TranslatedTexts(metrics, time, written);
    }

    /// <summary>Writes a text for each source.</summary>
    public WrittenTranslation[] Translate(BertModel model, TranslatedRow[] rows)
    {
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        using BertSequenceToSequenceTransformer step = ml.Transforms.Text
            .ApplyBertSequenceToSequence(nameof(WrittenTranslation.PredictedText), nameof(TranslatedRow.Source), model).Fit(data);
        return [.. ml.Data.CreateEnumerable<WrittenTranslation>(step.Transform(data), reuseRowObject: false)];
    }

    /// <summary>The model with F16 weights, which take half of the space.</summary>
    public static BertModel Half(BertModel model)
    {
        BertDecoder decoder = model.Decoder!;
        return new BertModel(model.Config, model.Tokenizer, Half(model.Weights!), model.Sentence, model.Name)
        {
            Decoder = decoder.With(Half(decoder.Weights)),
        };
    }

    private static BertWeights Half(BertWeights weights) => BertWeights.Create(weights.Names.Select(name =>
    {
        BertTensor tensor = weights[name];
        float[] values = new float[tensor.Count];
        tensor.CopyTo(values);
        return BertTensor.Create(name, tensor.Shape, values, TensorType.F16);
    }));

    /// <summary>The number of weights, those that both share once.</summary>
    public static long Parameters(BertModel model)
    {
        BertDecoder decoder = model.Decoder!;
        IEnumerable<string> shared = decoder.SharesEncoder ? model.Weights!.Names : [];
        return model.Weights!.Names.Sum(name => (long)model.Weights[name].Count)
            + decoder.Weights.Names.Except(shared).Sum(name => (long)decoder.Weights[name].Count);
    }

    private static double Mean(IEnumerable<string> texts, BertTokenizer tokenizer)
    {
        var ids = new List<int>();
        return texts.Average(text =>
        {
            ids.Clear();
            tokenizer.EncodeTo(text, ids);
            return ids.Count + 2.0; // with a start and an end
        });
    }

    private sealed class Log(TextWriter output, double tokens) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"epoch {value.Epoch} step {value.Step} {value.Done:P1} loss {value.Loss:F4} rate {value.LearningRate:E2} tokens/s " +
            $"{value.RowsPerSecond * tokens:F0} left {value.EstimatedTimeRemaining:hh\\:mm\\:ss} {Validated(value)}"));

        private static string Validated(TrainingProgress value) => value.Metric is { } metric
            ? string.Create(CultureInfo.InvariantCulture, $"{value.MetricName} {metric:F3}")
            : "";
    }
}

/// <summary>A row and the text that was written for it.</summary>
internal sealed class WrittenTranslation
{
    public string Source { get; set; } = "";

    public string Target { get; set; } = "";

    public string PredictedText { get; set; } = "";
}

/// <summary>Translations and how good they are.</summary>
internal sealed record TranslatedTexts(TranslationMetrics Metrics, TimeSpan Time, WrittenTranslation[] Rows);
