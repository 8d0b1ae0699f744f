using Bert.MLNet.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// The training loop of all tasks. It runs epochs of batches, validates after each, keeps the best epoch, and writes checkpoints from
/// which training resumes as if it had not been interrupted. The data of an update depends only on its number and the seed.
/// </summary>
internal sealed class FineTuner<TModule>
    where TModule : TrainableModule
{
    private const int CheckpointsKept = 2;

    // Writing checkpoints takes at most 1/20 of the time of a training.
    private const int SaveTimeDivisor = 20;

    private readonly ModuleReplicas<TModule> _replicas;
    private readonly TrainingObjective<TModule> _objective;
    private readonly BertTrainingOptions _options;
    private readonly LearningRateCurve _schedule;
    private readonly ModuleUpdater<TModule> _updater;
    private readonly int _epochs, _seed;
    private readonly Action<TrainingProgress> _report;
    private readonly ProgressClock _clock = new();

    private FineTuningState _state;
    private BertWeights? _best;
    private TrainingProgress? _reported;
    private double _loss, _lossWeight;
    private long _savedAt;
    private TimeSpan _saveDuration;

    /// <param name="replicas">The module that is trained, and its replicas.</param>
    /// <param name="objective">The training objective.</param>
    /// <param name="options">The training options.</param>
    /// <param name="epochs">The maximum number of epochs.</param>
    /// <param name="seed">The seed of all random numbers.</param>
    /// <param name="report">Receives progress.</param>
    public FineTuner(
        ModuleReplicas<TModule> replicas,
        TrainingObjective<TModule> objective,
        BertTrainingOptions options,
        int epochs,
        int seed,
        Action<TrainingProgress> report)
    {
        BertConfig config = replicas.First.Config;
        _replicas = replicas;
        _objective = objective;
        _options = options;
        _schedule = new LearningRateCurve(options.LearningRateFor(config), options.WarmupRatio, options.LearningRateSchedule);
        var rates = new ParameterRates(
            config,
            options.FreezeEmbeddings,
            options.FrozenLayers,
            options.LayerwiseLearningRateDecay,
            onlyAdapters: options.LoraRank > 0,
            onlyAdaptersInDecoder: options.LoraRank > 0 && options.AdaptsDecoder);
        _updater = new ModuleUpdater<TModule>(
            replicas, new AdamWOptions { WeightDecay = options.WeightDecay }, options.MaxGradNorm, seed, rates.Of);
        _epochs = epochs;
        _seed = seed;
        _report = report;
        _state = new FineTuningState();
    }

    /// <summary>
    /// Trains until all epochs are done, early stopping applies, or a stop is requested. Then loads the best weights into the module.
    /// </summary>
    /// <param name="train">The training rows.</param>
    /// <param name="validation">The rows to evaluate after each epoch. If empty, the last epoch is kept.</param>
    /// <param name="fingerprint">Distinguishes this training from others with checkpoints in the same folder.</param>
    /// <param name="mustStop">Returns whether to stop. Called after every update.</param>
    /// <exception cref="OperationCanceledException">A stop was requested before the first update.</exception>
    /// <exception cref="InvalidOperationException">The loss is not finite, or the checkpoints belong to another training.</exception>
    public void Run(TrainingRow[] train, TrainingRow[] validation, string fingerprint, Func<bool> mustStop)
    {
        _state = _state with { Fingerprint = fingerprint };
        Resume();
        long saved = _state.Finished ? _state.Step : -1;
        _replicas.Train(true);
        _clock.Restart(Done(train));
        _savedAt = _options.Time.GetTimestamp();
        while (!_state.Finished && !mustStop())
        {
            List<TrainingRow[]> batches = EpochBatches.Create(
                train, _options.BatchSize, _options.TokensPerBatch, new Random(StepSeed.Of(_seed, _state.Epoch, -1)));
            while (_state.Batch < batches.Count && !mustStop())
            {
                double rate = _schedule.At(Done(train));
                Update([.. batches.Skip(_state.Batch).Take(_options.GradientAccumulationSteps)], rate);
                if (_state.Step % _options.LoggingSteps == 0)
                    Report(rate, Done(train));
                if (_options.CheckpointFolder is not null && IsTimeToSave())
                    Save();
            }
            if (_state.Batch == batches.Count)
                EndEpoch(train, validation);
        }
        if (_state.Step == 0)
            throw new OperationCanceledException("The training was cancelled before its first update.");
        if (!_state.Finished && _reported is not null)
            _report(_reported with
            {
                Step = _state.Step,
                Done = Done(train),
                Metric = null,
                ValidationLoss = null,
                StopReason = "it was cancelled",
            });
        if (_state.Step != saved && _options.CheckpointFolder is not null)
            Save();
        if (_best is not null)
            _replicas.First.Load(_best);
    }

    /// <summary>The best metric on the validation rows, and its epoch, counted from 1; null if nothing was validated.</summary>
    public (double Metric, int Epoch)? Best =>
        _state.Stopping.BestMetric is { } metric ? (metric, _state.Stopping.BestEpoch) : null;

    private double Done(TrainingRow[] train) => (_state.Epoch + (double)_state.RowsOfEpoch / train.Length) / _epochs;

    private void Update(TrainingRow[][] batches, double learningRate)
    {
        TrainingRow[][][] partsOfBatches = [.. batches.Select(batch => EpochBatches.Parts(batch, _replicas.Tokens, _replicas.Parts))];
        TrainingRow[][] parts = [.. partsOfBatches.SelectMany(part => part)];
        int end = 0;
        Range[] ranges = [.. partsOfBatches.Select(some => end..(end += some.Length))];
        double weight = Math.Max(batches.Sum(batch => batch.Sum(row => (double)row.Weight)), float.Epsilon);
        double[] losses = new double[parts.Length];
        try
        {
            Func<TModule, int, PartLoss> lossOf = _objective.Prepare(parts, ranges, work => _updater.Rehearse(parts.Length, work));
            _updater.Update(parts.Length, learningRate, (module, i) =>
            {
                using DisposeScope scope = NewDisposeScope();
                PartLoss loss = lossOf(module, i);
                losses[i] = loss.Value;
                if (!double.IsFinite(losses[i]))
                    throw new NotFiniteNumberException(losses[i]);
                loss.Tensor.Over(weight).backward();
            });
        }
        catch (NotFiniteNumberException e)
        {
            throw NotFinite(e, batches);
        }
        int rows = batches.Sum(batch => batch.Length);
        double loss = losses.Sum();
        _loss += loss;
        _lossWeight += weight;
        _clock.Count(rows);
        _state = _state with
        {
            Step = _state.Step + 1,
            Batch = _state.Batch + batches.Length,
            RowsOfEpoch = _state.RowsOfEpoch + rows,
            EpochLoss = _state.EpochLoss + loss,
            EpochLossWeight = _state.EpochLossWeight + weight,
        };
    }

    private void EndEpoch(TrainingRow[] train, TrainingRow[] validation)
    {
        double done = Done(train);
        ValidationResult? validated = null;
        if (validation.Length > 0)
        {
            _clock.Pause();
            validated = _objective.Evaluate(_replicas, validation);
            _clock.Resume();
        }
        int epoch = _state.Epoch + 1;
        EarlyStopping stopping = _state.Stopping.After(epoch, _state.Step, _state.EpochLoss / _state.EpochLossWeight, validated?.Metric);
        if (stopping.BestEpoch == epoch)
        {
            if (_best is null)
                _best = _replicas.First.ToWeights();
            else
                _replicas.First.CopyTo(_best);
        }
        string? reason = epoch == _epochs ? null : stopping.Reason(_options.EarlyStoppingPatience, _objective.MetricName);
        Report(_schedule.At(done), done, validated, reason);
        _state = _state with
        {
            Epoch = epoch,
            Batch = 0,
            RowsOfEpoch = 0,
            EpochLoss = 0,
            EpochLossWeight = 0,
            Stopping = stopping,
            Finished = reason is not null || epoch == _epochs,
        };
        FreeMemory.Release(); // batches of ever new shapes fragment it
    }

    private void Report(double learningRate, double done, ValidationResult? validated = null, string? stopReason = null)
    {
        _reported = new TrainingProgress
        {
            Epoch = _state.Epoch + 1,
            Step = _state.Step,
            Done = done,
            Loss = _lossWeight > 0 ? _loss / _lossWeight : 0,
            LearningRate = learningRate,
            MetricName = _objective.MetricName,
            Metric = validated?.Metric,
            ValidationLoss = validated?.Loss,
            RowsPerSecond = _clock.RowsPerSecond,
            EstimatedTimeRemaining = stopReason is null ? _clock.Remaining(done) : TimeSpan.Zero,
            StopReason = stopReason,
        };
        _report(_reported);
        (_loss, _lossWeight) = (0, 0);
        _clock.Mark();
    }

    private bool IsTimeToSave()
    {
        if (_state.Step % _options.SaveSteps == 0)
            return true;
        TimeSpan since = _options.Time.GetElapsedTime(_savedAt);
        return since >= _options.SaveInterval && since >= SaveTimeDivisor * _saveDuration;
    }

    private void Save()
    {
        long begun = _options.Time.GetTimestamp();
        TrainingCheckpoint.Save(
            _options.CheckpointFolder!,
            _state.Step,
            _replicas.First,
            _updater.Optimizer,
            _state with { Loss = _loss, LossWeight = _lossWeight },
            CheckpointsKept,
            _best);
        _savedAt = _options.Time.GetTimestamp();
        _saveDuration = _options.Time.GetElapsedTime(begun, _savedAt);
    }

    private void Resume()
    {
        if (_options.CheckpointFolder is not { } folder || TrainingCheckpoint.LoadState<FineTuningState>(folder) is not { } state)
            return;
        if (state.Fingerprint != _state.Fingerprint)
        {
            throw new InvalidOperationException(
                $"The checkpoints in '{folder}' belong to a training with another model, other rows or other options. " +
                $"Name another folder in {nameof(BertTrainingOptions.CheckpointFolder)}, or delete this one to start anew.");
        }
        _state = TrainingCheckpoint.LoadLatest<FineTuningState>(folder, _replicas.First, _updater.Optimizer)!;
        _best = TrainingCheckpoint.LoadBest(folder, _replicas.First.Config);
        (_loss, _lossWeight) = (state.Loss, state.LossWeight);
    }

    private InvalidOperationException NotFinite(Exception cause, TrainingRow[][] batches)
    {
        long[] rows = [.. batches.SelectMany(batch => batch).Select(row => row.Position).Order()];
        string some = string.Join(", ", rows.Take(10).Select(row => $"{row}")) + (rows.Length > 10 ? ", …" : "");
        return new InvalidOperationException(
            $"The loss or its gradient is not a finite number at step {_state.Step + 1}, epoch {_state.Epoch + 1}; " +
            $"its {rows.Length} rows are {some} (counted from 0). " +
            $"Lower {nameof(BertTrainingOptions.LearningRate)} (now {_schedule.Peak:G3}) " +
            $"or raise {nameof(BertTrainingOptions.WarmupRatio)}; " +
            "if it happens at the first step, the checkpoint's weights or the labels are damaged.", cause);
    }
}
