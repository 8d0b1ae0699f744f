using System.CommandLine;
using Bert.MLNet.Cli.CodeGeneration;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Training;

/// <summary>A way to learn texts from texts.</summary>
internal abstract class WritingMethod
{
    /// <summary>The options that only this method has.</summary>
    public abstract IReadOnlyList<Option> Options { get; }

    /// <summary>The verb that uses the trained checkpoint.</summary>
    public abstract string Asks { get; }

    /// <summary>Prepares a training.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="bert">The checkpoint.</param>
    /// <param name="targets">The targets of the training rows.</param>
    /// <param name="seed">The seed of random weights.</param>
    /// <param name="cancellation">Cancels the preparation.</param>
    /// <exception cref="UsageException">Options do not fit each other or the checkpoint.</exception>
    public abstract WritingPlan Plan(
        ParseResult arguments, BertModel bert, IEnumerable<string> targets, int seed, CancellationToken cancellation);
}

/// <summary>A training that is prepared.</summary>
/// <param name="Start">The checkpoint to train.</param>
/// <param name="About">A sentence about it.</param>
/// <param name="Options">The trainer's options that the method determines.</param>
/// <param name="Trainer">Creates the trainer.</param>
/// <param name="Code">
/// Creates code from the description of the training, the complete options, the folder of the trained checkpoint, and a source.
/// </param>
internal sealed record WritingPlan(
    BertModel Start, string About, BertTrainingOptions Options, Func<MLContext, BertTrainingOptions, IEstimator<BertTransformer>> Trainer,
    Func<TrainingSettings, BertTrainingOptions, string, string, ModelCode> Code);
