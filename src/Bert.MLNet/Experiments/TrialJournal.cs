using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Experiments;

/// <summary>
/// Stores the outcomes of trials as JSON lines, so that an experiment that was interrupted does not repeat them. The first line identifies
/// rows, folds, seed and checkpoints.
/// </summary>
internal sealed class TrialJournal
{
    private const string FileName = "trials.jsonl";

    private readonly string? _path;
    private readonly Dictionary<(string Name, int Fold), Entry> _known = [];

    /// <param name="folder">The folder of the file; null to store nothing.</param>
    /// <param name="fingerprint">Identifies the experiment.</param>
    /// <exception cref="InvalidOperationException">The folder belongs to another experiment.</exception>
    public TrialJournal(string? folder, string fingerprint)
    {
        if (folder is null)
            return;
        Directory.CreateDirectory(folder);
        _path = Path.Combine(folder, FileName);
        if (!File.Exists(_path))
        {
            Append(new Entry(fingerprint, 0, 0, [], 0, null));
            return;
        }
        Entry[] entries = [.. File.ReadLines(_path).Select(Parse).TakeWhile(entry => entry is not null).Select(entry => entry!)];
        if (entries.FirstOrDefault()?.Name != fingerprint)
            throw new InvalidOperationException(
                $"'{_path}' belongs to an experiment with other rows, checkpoints or folds. Name another folder in " +
                $"{nameof(BertExperimentSettings.CheckpointFolder)}, or delete this one to start anew.");
        foreach (Entry entry in entries.Skip(1))
            _known[(entry.Name, entry.Fold)] = entry;
    }

    /// <summary>Identifies the rows and checkpoints of an experiment.</summary>
    public static string Fingerprint(ExperimentTask task, ExperimentData data, IEnumerable<BertModel> models, int seed)
    {
        var hash = new XxHash128();
        Append($"{task.GetType().Name} {seed} {data.Folds} {string.Join(' ', models.Select(model => model.ContentHash))}");
        hash.Append(MemoryMarshal.AsBytes<double>([.. data.Labels, .. data.ValidationLabels]));
        hash.Append(MemoryMarshal.AsBytes<int>(data.FoldOf));
        foreach (IDataView view in new[] { data.Rows, data.Validation }.OfType<IDataView>())
        {
            foreach (string column in task.Texts)
            {
                foreach (ReadOnlyMemory<char> text in view.GetColumn<ReadOnlyMemory<char>>(column))
                    Append($"{text.Length} {text}");
            }
        }
        return Convert.ToHexStringLower(hash.GetCurrentHash());

        void Append(string text) => hash.Append(MemoryMarshal.AsBytes<char>(text));
    }

    /// <summary>Sets the stored outcomes of a fold and the times of the trial.</summary>
    /// <returns>Whether the fold was trained so far.</returns>
    public bool Restore(Trial trial, int fold, double share)
    {
        if (!_known.TryGetValue((trial.Name, fold), out Entry? entry) || entry.Share < share)
            return false;
        (trial.Seconds, trial.MillisecondsPerPrediction) = (entry.Seconds, entry.MillisecondsPerPrediction);
        trial.Set(fold, entry.Outcomes, entry.Temperature);
        return true;
    }

    /// <summary>Stores the outcomes of a fold.</summary>
    public void Add(Trial trial, int fold, double share) => Append(new(
        trial.Name, fold, share, trial.Folds[fold], trial.Seconds, trial.MillisecondsPerPrediction, trial.Temperatures[fold]));

    private void Append(Entry entry)
    {
        if (_path is not null)
            File.AppendAllText(_path, JsonSerializer.Serialize(entry) + "\n");
    }

    // A process that is killed while it writes can leave an incomplete last line.
    private static Entry? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<Entry>(line) is { Name: not null, Outcomes: not null } entry ? entry : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Entry(
        string Name, int Fold, double Share, double[][] Outcomes, double Seconds, double? MillisecondsPerPrediction,
        double Temperature = 1);
}
