using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Bert.MLNet.Cli.CodeGeneration;
using Bert.MLNet.Cli.Messages;
using Bert.MLNet.Experiments;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Cli.Training;

/// <summary>A search for the best model (<c>--method auto</c>), with its leaderboard on standard error.</summary>
/// <param name="options">The options of the training.</param>
/// <param name="arguments">The command line.</param>
/// <param name="streams">The streams for messages.</param>
/// <param name="models">The checkpoints.</param>
/// <param name="cancellation">Ends the search with the best model so far.</param>
internal sealed class AutoRun(
    TrainingOptions options, ParseResult arguments, ToolStreams streams, IReadOnlyList<BertModel> models, CancellationToken cancellation)
    : IDisposable
{
    private BertExperimentResult? _result;

    /// <summary>The result of the search.</summary>
    public BertExperimentResult Result => _result ?? throw new InvalidOperationException("The search has not ended.");

    /// <summary>The description of the best model.</summary>
    public Contender Best => Result.BestRun.Contender!;

    /// <summary>The method to which the best model corresponds.</summary>
    public string Method => Best is not FineTuningContender { Kind: var kind } ? MethodOption.Embed
        : kind == FineTuningKind.FewShot ? MethodOption.FewShot
        : kind == FineTuningKind.BiEncoder ? MethodOption.BiEncoder
        : kind == FineTuningKind.CrossEncoder ? MethodOption.CrossEncoder
        : MethodOption.FineTune;

    /// <summary>Sets the settings that all experiments share.</summary>
    public TSettings Apply<TSettings>(TSettings settings)
        where TSettings : BertExperimentSettings => (TSettings)((BertExperimentSettings)settings with
        {
            Models = models,
            MaxExperimentTimeInSeconds = options.TrainTime(arguments) is { } seconds ? (uint)seconds : null,
            Seed = options.Seed(arguments),
            CheckpointFolder = options.Kept(arguments, ".checkpoints"),
            CancellationToken = cancellation,
            Time = streams.Time,
        });

    /// <summary>Searches for the best model.</summary>
    /// <returns>Its steps.</returns>
    public IEnumerable<ITransformer> Run(BertExperiment experiment, IDataView train, IDataView? validation)
    {
        streams.Tell(arguments, options.TrainTime(arguments) is { } seconds
            ? string.Create(CultureInfo.InvariantCulture, $"Searching for the best model for up to {seconds} seconds. Ctrl-C ends it.")
            : "Searching until all models are compared. --train-time SECONDS or Ctrl-C ends it earlier, with the best model so far.");
        using (var board = new LeaderboardDisplay(arguments, streams))
            _result = experiment.Execute(train, validation, board);
        if (Result.StopReason is { } reason)
            streams.Tell(arguments, $"The search ended early because {reason}. The best model so far is kept.");
        streams.Tell(arguments, $"Best: {Result.BestRun}{(Result.IsTrainedOnAllRows
            ? "; trained again on all rows."
            : "; there was no time to train it again on all rows.")}");
        return (TransformerChain<ITransformer>)Result.Model;
    }

    /// <summary>Adds the trials to metrics.</summary>
    public void AddTo(JsonObject metrics)
    {
        metrics["BestTrial"] = Result.BestRun.TrainerName;
        metrics["TrainedOnAllRows"] = Result.IsTrainedOnAllRows;
        if (Result.StopReason is { } reason)
            metrics["StopReason"] = reason;
        metrics["Trials"] = new JsonArray(
            [.. Result.Baselines.Concat(Result.RunDetails).Select(run => (JsonNode)LeaderboardDisplay.ToJson(run))]);
    }

    /// <summary>Returns the settings of the best model, for the generated project.</summary>
    public TrainingSettings Describe(TrainingSettings settings)
    {
        int model = Best.Model is { } bert ? models.Index().First(other => ReferenceEquals(other.Item, bert)).Index : 0;
        settings = settings with
        {
            Model = options.Checkpoints.Names(arguments)[model],
            Contender = Best,
            Patience = null,
            ValidationFraction = 0,
        };
        return Best is FineTuningContender training
            ? settings with
            {
                IsFewShot = training.Kind == FineTuningKind.FewShot,
                IsBiEncoder = training.Kind == FineTuningKind.BiEncoder,
                Epochs = Result.BestRun.Epochs,
                BatchSize = training.BatchSize,
                LearningRate = training.LearningRate,
            }
            : settings with { Embeds = true };
    }

    public void Dispose() => _result?.Dispose();
}
