using System.Diagnostics;
using Bert.MLNet.Models;
using Bert.MLNet.Training;

namespace Bert.MLNet.Pretraining;

/// <summary>The state of a pretraining.</summary>
/// <param name="Step">The number of completed updates.</param>
/// <param name="Tokens">The number of tokens read.</param>
/// <param name="Elapsed">The time used, including the time before an interruption.</param>
internal sealed record PretrainingState(long Step = 0, long Tokens = 0, TimeSpan Elapsed = default);

/// <summary>
/// Trains an encoder on one or more objectives until a budget of updates or time is used up. It can be interrupted at any time.
/// </summary>
internal sealed class Pretrainer
{
    private readonly ModuleReplicas<BertForMaskedLM> _replicas;
    private readonly IReadOnlyList<PretrainingObjective> _objectives;
    private readonly PretrainingOptions _options;
    private readonly LearningRateCurve _schedule;
    private readonly ModuleUpdater<BertForMaskedLM> _updater;
    private readonly Action<string> _log;
    private readonly Stopwatch _clock = new();
    private PretrainingState _state = new();

    /// <param name="replicas">The trained module, and its replicas.</param>
    /// <param name="objectives">The objectives.</param>
    /// <param name="options">How.</param>
    /// <param name="log">Receives progress messages.</param>
    public Pretrainer(ModuleReplicas<BertForMaskedLM> replicas, IReadOnlyList<PretrainingObjective> objectives, PretrainingOptions options,
        Action<string> log)
    {
        _replicas = replicas;
        _objectives = objectives;
        _options = options;
        _schedule = new LearningRateCurve(options.LearningRate, options.WarmupRatio);
        _updater = new ModuleUpdater<BertForMaskedLM>(replicas, options.Optimizer, options.MaxGradNorm, options.Seed,
            name => name == CanonicalNames.WordEmbeddings ? options.WordEmbeddingsRate : options.OtherRate);
        _log = log;
    }

    /// <summary>
    /// Trains, starting from the latest checkpoint in <paramref name="folder"/> if there is one. When stopped, it finishes the update,
    /// writes a checkpoint and returns.
    /// </summary>
    /// <returns>True if the budget was used up; false if training was stopped before.</returns>
    public bool Run(string folder, CancellationToken stop = default)
    {
        if (TrainingCheckpoint.LoadLatest<PretrainingState>(folder, _replicas.First, _updater.Optimizer) is { } state)
        {
            _state = state;
            _log($"resumed at step {state.Step}");
        }

        _clock.Restart();
        PretrainingState logged = _state, saved = _state;
        double[] losses = new double[_objectives.Count];
        while (Progress < 1 && !stop.IsCancellationRequested)
        {
            double progress = Progress;
            double norm = Step(progress, losses);
            if (_state.Step % _options.LoggingSteps == 0)
            {
                _log(Describe(progress, norm, losses, logged));
                Array.Clear(losses);
                logged = Now;
            }
            if (_state.Step % _options.EvalSteps == 0)
                Evaluate();
            if (Now.Elapsed - saved.Elapsed >= _options.SaveInterval)
            {
                Save(folder);
                saved = Now;
            }
        }
        if (_state.Step != saved.Step || _state.Step == 0)
            Save(folder);
        bool finished = Progress >= 1;
        if (finished)
            Evaluate();
        return finished;
    }

    private PretrainingState Now => _state with { Elapsed = _state.Elapsed + _clock.Elapsed };

    private double Progress => Math.Max((double)_state.Step / _options.MaxSteps, Now.Elapsed / _options.MaxDuration);

    private double Step(double progress, double[] losses)
    {
        (PretrainingObjective Objective, int Index, int Batch)[] work =
            [.. _objectives.SelectMany(
                (objective, index) => Enumerable.Range(0, objective.BatchesPerStep).Select(batch => (objective, index, batch)))];
        var results = new BatchResult[work.Length];
        double norm = _updater.Update(work.Length, _schedule.At(progress), (module, i) =>
        {
            (PretrainingObjective objective, _, int batch) = work[i];
            results[i] = objective.Accumulate(module, _state.Step, progress, batch, objective.Weight / objective.BatchesPerStep);
        });

        for (int i = 0; i < work.Length; i++)
            losses[work[i].Index] += results[i].Loss / work[i].Objective.BatchesPerStep;
        _state = _state with { Step = _state.Step + 1, Tokens = _state.Tokens + results.Sum(result => (long)result.Tokens) };
        return norm;
    }

    private string Describe(double progress, double norm, double[] losses, PretrainingState before)
    {
        PretrainingState now = Now;
        double speed = (now.Tokens - before.Tokens) / (now.Elapsed - before.Elapsed).TotalSeconds;
        long steps = now.Step - before.Step;
        string parts = string.Join(" ", _objectives.Select((objective, i) => $"{objective.Name} {losses[i] / steps:F4}"));
        return $"step {now.Step} tokens {now.Tokens} done {progress:P1} {parts} norm {norm:F2} lr {_schedule.At(progress):E2} tokens/s " +
            $"{speed:F0}";
    }

    private void Evaluate()
    {
        foreach (PretrainingObjective objective in _objectives)
            _log($"step {_state.Step} tokens {_state.Tokens} {objective.Evaluate(_replicas)}");
    }

    private void Save(string folder)
    {
        TrainingCheckpoint.Save(folder, _state.Step, _replicas.First, _updater.Optimizer, Now, _options.SaveTotalLimit);
        _log($"checkpoint at step {_state.Step}");
    }
}
