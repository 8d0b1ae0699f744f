using System.Diagnostics;
using TorchSharp;

namespace Bert.MLNet.Training;

/// <summary>Trains an encoder on one or several objectives until a budget of updates or time is used up, and can be interrupted at any moment.</summary>
internal sealed class Pretrainer
{
    private readonly ModuleReplicas<BertForMaskedLM> _replicas;
    private readonly IReadOnlyList<PretrainingObjective> _objectives;
    private readonly PretrainingOptions _options;
    private readonly LearningRateSchedule _schedule;
    private readonly AdamW _optimizer;
    private readonly Action<string> _log;
    private readonly Stopwatch _clock = new();
    private PretrainingState _state = new();

    /// <param name="replicas">The module that is trained, and its doubles.</param>
    /// <param name="objectives">What is learnt.</param>
    /// <param name="options">How.</param>
    /// <param name="log">Receives lines of progress.</param>
    public Pretrainer(ModuleReplicas<BertForMaskedLM> replicas, IReadOnlyList<PretrainingObjective> objectives, PretrainingOptions options, Action<string> log)
    {
        _replicas = replicas;
        _objectives = objectives;
        _options = options;
        _schedule = new LearningRateSchedule(options.LearningRate, options.WarmupRatio);
        _optimizer = new AdamW(replicas.First.State(), options.Optimizer);
        _log = log;
    }

    /// <summary>
    /// Trains, from the latest checkpoint in <paramref name="folder"/> if there is one. Asked to stop, it finishes the update, writes a
    /// checkpoint and returns.
    /// </summary>
    /// <returns>Whether the budget was used up; false when it was asked to stop before.</returns>
    public bool Run(string folder, CancellationToken stop = default)
    {
        if (PretrainingCheckpoint.LoadLatest(folder, _replicas.First, _optimizer) is { } state)
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
            [.. _objectives.SelectMany((objective, index) => Enumerable.Range(0, objective.BatchesPerStep).Select(batch => (objective, index, batch)))];
        var results = new BatchResult[work.Length];
        _replicas.Run(work.Length, (module, i) =>
        {
            (PretrainingObjective objective, _, int batch) = work[i];
            // Dropout draws from torch's own generator.
            torch.manual_seed(unchecked(_options.Seed + _state.Step * work.Length + i));
            results[i] = objective.Accumulate(module, _state.Step, progress, batch, objective.Weight / objective.BatchesPerStep);
        });
        _replicas.SumGradients();
        double norm = _optimizer.Step(_schedule.At(progress), _options.MaxGradNorm);

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
        return $"step {now.Step} tokens {now.Tokens} done {progress:P1} {parts} norm {norm:F2} lr {_schedule.At(progress):E2} tokens/s {speed:F0}";
    }

    private void Evaluate()
    {
        foreach (PretrainingObjective objective in _objectives)
            _log($"step {_state.Step} tokens {_state.Tokens} {objective.Evaluate(_replicas)}");
    }

    private void Save(string folder)
    {
        PretrainingCheckpoint.Save(folder, _replicas.First, _optimizer, Now, _options.SaveTotalLimit);
        _log($"checkpoint at step {_state.Step}");
    }
}
