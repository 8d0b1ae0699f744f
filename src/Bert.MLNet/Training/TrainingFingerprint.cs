using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Bert.MLNet.Training;

/// <summary>Computes a hash of everything that determines a training, so that it does not resume from the checkpoints of another.</summary>
internal static class TrainingFingerprint
{
    public static string Of(BertModel model, BertTrainingOptions options, int seed, string task, params ReadOnlySpan<TrainingRow[]> sets)
    {
        var hash = new XxHash128();
        Append(string.Create(CultureInfo.InvariantCulture,
            $"{model.ContentHash} {task} {seed} {options.BatchSize} {options.TokensPerBatch} {options.GradientAccumulationSteps} " +
            $"{options.MaxEpochs} {options.LearningRate} {options.LearningRateSchedule} "));
        Append(string.Create(CultureInfo.InvariantCulture,
            $"{options.WarmupRatio} {options.WeightDecay} {options.MaxGradNorm} {options.Dropout} {options.FreezeEmbeddings} " +
            $"{options.FrozenLayers} {options.LayerwiseLearningRateDecay} {options.EarlyStoppingPatience} {options.Precision}"));
        if (options.LoraRank > 0)
            Append(string.Create(CultureInfo.InvariantCulture,
                $"{options.LoraRank} {options.LoraAlpha} {string.Join(' ', options.LoraTargets)}") +
                (options.AdaptsDecoder ? " decoder" : ""));
        foreach (TrainingRow[] rows in sets)
        {
            Append($"{rows.Length} rows");
            foreach (TrainingRow row in rows)
            {
                hash.Append(MemoryMarshal.AsBytes<int>(row.Ids));
                hash.Append(MemoryMarshal.AsBytes<int>([row.PairStart, row.Ids.Length]));
                hash.Append(MemoryMarshal.AsBytes<float>([.. row.Targets, row.Weight]));
            }
        }
        return Convert.ToHexStringLower(hash.GetCurrentHash());

        void Append(string text) => hash.Append(MemoryMarshal.AsBytes<char>(text));
    }
}
