using Microsoft.ML;

namespace Bert.MLNet.Experiments;

/// <summary>What is known about a contender or a baseline: the outcomes of its predictions, fold by fold.</summary>
internal sealed class Trial(string name, Contender? contender) : IDisposable
{
    private readonly List<double[][]> _folds = [];
    private readonly List<double> _temperatures = [];

    public string Name => name;

    /// <summary>The contender; null for a baseline.</summary>
    public Contender? Contender => contender;

    /// <summary>The outcomes of the folds that were predicted, from the first.</summary>
    public IReadOnlyList<double[][]> Folds => _folds;

    /// <summary>The outcomes of the last of these folds; null if there is none.</summary>
    public double[][]? Latest => _folds.Count == 0 ? null : _folds[^1];

    /// <summary>The trained share of all updates, from 0 to 1.</summary>
    public double Share { get; set; } = 1;

    /// <summary>The time of training and predicting.</summary>
    public double Seconds { get; set; }

    /// <summary>The time of the longest training of a fold, for a trainer on vectors.</summary>
    public double FitSeconds { get; set; }

    public double? MillisecondsPerPrediction { get; set; }

    /// <summary>The error that ended the trial, or null.</summary>
    public Exception? Error { get; set; }

    /// <summary>The model that was trained on the rows outside the first fold, if it is kept.</summary>
    public ITransformer? Model { get; private set; }

    public bool HasOutcomes => _folds.Count > 0 && Error is null;

    /// <summary>The temperatures that calibrate the models of the folds.</summary>
    public IReadOnlyList<double> Temperatures => _temperatures;

    /// <summary>The geometric mean of the temperatures, for the model of all rows.</summary>
    public double Temperature => _temperatures.Count == 0 ? 1 : Math.Exp(_temperatures.Average(Math.Log));

    /// <summary>Sets the outcomes of a fold, which replace those of an earlier stage of the training.</summary>
    public void Set(int fold, double[][] outcomes, double temperature = 1)
    {
        if (fold == _folds.Count)
        {
            _folds.Add(outcomes);
            _temperatures.Add(temperature);
        }
        else
        {
            (_folds[fold], _temperatures[fold]) = (outcomes, temperature);
        }
    }

    /// <summary>The outcomes of the first folds.</summary>
    public double[][] Rows(int folds) => [.. _folds.Take(folds).SelectMany(fold => fold)];

    public double[][] Rows() => Rows(_folds.Count);

    public void Keep(ITransformer model)
    {
        Dispose();
        Model = model;
    }

    /// <summary>Returns the kept model, which then belongs to the caller.</summary>
    public ITransformer? Take()
    {
        ITransformer? model = Model;
        Model = null;
        return model;
    }

    public void Dispose()
    {
        (Model as IDisposable)?.Dispose();
        Model = null;
    }
}
