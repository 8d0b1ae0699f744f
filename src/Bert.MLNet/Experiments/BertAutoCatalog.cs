using Bert.MLNet.Experiments;
using Microsoft.ML;

namespace Bert.MLNet;

/// <summary>Creates experiments, which search for the best model of a task; see <see cref="BertAutoExtensions.BertAuto"/>.</summary>
public sealed class BertAutoCatalog
{
    private readonly MLContext _ml;

    internal BertAutoCatalog(MLContext ml) => _ml = ml;

    /// <summary>Creates an experiment that searches for a classifier of texts or pairs, for two or more labels.</summary>
    /// <param name="maxExperimentTimeInSeconds">The time of the experiment in seconds.</param>
    public BertExperiment CreateTextClassificationExperiment(uint maxExperimentTimeInSeconds) =>
        CreateTextClassificationExperiment(new TextClassificationExperimentSettings
        {
            MaxExperimentTimeInSeconds = maxExperimentTimeInSeconds,
        });

    /// <summary>Creates an experiment that searches for a classifier of texts or pairs, with all settings.</summary>
    /// <param name="settings">The time, checkpoints, columns and metric.</param>
    /// <exception cref="ArgumentException">A setting has an invalid value; the message names it.</exception>
    public BertExperiment CreateTextClassificationExperiment(TextClassificationExperimentSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new(_ml, settings, seed => new ClassificationTask(settings, seed));
    }

    /// <summary>Creates an experiment that searches for a model of the similarity of two texts.</summary>
    /// <param name="maxExperimentTimeInSeconds">The time of the experiment in seconds.</param>
    public BertExperiment CreateSentenceSimilarityExperiment(uint maxExperimentTimeInSeconds) =>
        CreateSentenceSimilarityExperiment(new SentenceSimilarityExperimentSettings
        {
            MaxExperimentTimeInSeconds = maxExperimentTimeInSeconds,
        });

    /// <summary>Creates an experiment that searches for a model of the similarity of two texts, with all settings.</summary>
    /// <param name="settings">The time, checkpoints, columns and metric.</param>
    /// <exception cref="ArgumentException">A setting has an invalid value; the message names it.</exception>
    public BertExperiment CreateSentenceSimilarityExperiment(SentenceSimilarityExperimentSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new(_ml, settings, seed => new SimilarityTask(settings, seed));
    }

    /// <summary>Creates an experiment that searches for a model that finds named entities.</summary>
    /// <param name="maxExperimentTimeInSeconds">The time of the experiment in seconds.</param>
    public BertExperiment CreateNamedEntityRecognitionExperiment(uint maxExperimentTimeInSeconds) =>
        CreateNamedEntityRecognitionExperiment(new NamedEntityRecognitionExperimentSettings
        {
            MaxExperimentTimeInSeconds = maxExperimentTimeInSeconds,
        });

    /// <summary>Creates an experiment that searches for a model that finds named entities, with all settings.</summary>
    /// <param name="settings">The time, checkpoints and columns.</param>
    /// <exception cref="ArgumentException">A setting has an invalid value; the message names it.</exception>
    public BertExperiment CreateNamedEntityRecognitionExperiment(NamedEntityRecognitionExperimentSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new(_ml, settings, seed => new EntityTask(settings, seed));
    }

    /// <summary>Creates an experiment that searches for a model that answers questions.</summary>
    /// <param name="maxExperimentTimeInSeconds">The time of the experiment in seconds.</param>
    public BertExperiment CreateQuestionAnsweringExperiment(uint maxExperimentTimeInSeconds) =>
        CreateQuestionAnsweringExperiment(new QuestionAnsweringExperimentSettings
        {
            MaxExperimentTimeInSeconds = maxExperimentTimeInSeconds,
        });

    /// <summary>Creates an experiment that searches for a model that answers questions, with all settings.</summary>
    /// <param name="settings">The time, checkpoints, columns and metric.</param>
    /// <exception cref="ArgumentException">A setting has an invalid value; the message names it.</exception>
    public BertExperiment CreateQuestionAnsweringExperiment(QuestionAnsweringExperimentSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new(_ml, settings, seed => new AnswerTask(settings, seed));
    }
}
