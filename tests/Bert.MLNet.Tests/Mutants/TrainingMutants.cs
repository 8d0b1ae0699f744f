using Bert.MLNet.Training;

namespace Bert.MLNet.Tests.Mutants;

/// <summary>The files of a training's checkpoint.</summary>
internal static class TrainingMutants
{
    private static readonly BertConfig Config = new()
    {
        VocabSize = 20,
        HiddenSize = 8,
        NumHiddenLayers = 1,
        NumAttentionHeads = 2,
        IntermediateSize = 8,
        MaxPositionEmbeddings = 8,
    };

    public static IEnumerable<MutantKind> All(string folder)
    {
        TorchRuntime.EnsureLoaded();
        var module = new BertForMaskedLM(Config);
        var optimizer = new AdamW(module.State(), new AdamWOptions());
        TrainingCheckpoint.Save(folder, 3, module, optimizer, new FineTuningState { Step = 3, Fingerprint = "abc" }, limit: 1,
            best: module.ToWeights());
        string latest = TrainingCheckpoint.Latest(folder)!;
        foreach (string file in Directory.GetFiles(latest))
        {
            byte[] content = File.ReadAllBytes(file);
            yield return new MutantKind(
                $"training {Path.GetFileName(file)}", content, IsText: file.EndsWith("json", StringComparison.Ordinal), mutant =>
            {
                // There is one folder for all.
                lock (module)
                {
                    File.WriteAllBytes(file, mutant);
                    try
                    {
                        TrainingCheckpoint.LoadState<FineTuningState>(folder);
                        TrainingCheckpoint.LoadLatest<FineTuningState>(folder, module, optimizer);
                        TrainingCheckpoint.LoadBest(folder, Config)?.For(Config);
                    }
                    finally
                    {
                        File.WriteAllBytes(file, content);
                    }
                }
            }, Path.GetFileName(file));
        }
    }
}
