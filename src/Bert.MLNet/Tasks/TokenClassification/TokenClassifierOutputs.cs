using Bert.MLNet.DataViews;
using Microsoft.ML.Data;
using Options = Bert.MLNet.BertTokenClassifierEstimator.Options;

namespace Bert.MLNet.Tasks;

/// <summary>The columns of a token classifier.</summary>
internal static class TokenClassifierOutputs
{
    /// <summary>Returns the added columns, as parts of the entities of a text.</summary>
    public static AnswerColumns<EntitiesOfText> AnswersOf(Options options)
    {
        var answers = new AnswerColumns<EntitiesOfText>();
        if (options.WordLabelsColumnName is { } words)
        {
            KeyValues labels = options.Labels!;
            // Keys count from 1. 0 is a missing key, for a label of the model that the keys do not contain.
            answers.AddVector(
                PredictionColumn.Labels(words, labels, size: 0),
                answer => answer.WordLabels.Select(label => label < labels.Count ? (uint)label + 1 : 0));
            answers.AddVector(options.WordScoresColumnName, NumberDataViewType.Single,
                answer => answer.WordScores.SelectMany(scores => scores),
                0, options.Checkpoint.Config.NumLabels);
        }
        answers.AddVector(
            options.OutputColumnName,
            TextDataViewType.Instance,
            answer => answer.Entities.Select(entity => answer.Text[entity.Start..entity.End]));
        answers.AddVector(options.TypesColumnName, TextDataViewType.Instance,
            answer => answer.Entities.Select(entity => entity.Type.AsMemory()));
        answers.AddVector(options.ScoresColumnName, NumberDataViewType.Single, answer => answer.Entities.Select(entity => entity.Score));
        answers.AddVector(options.StartsColumnName, NumberDataViewType.Int32, answer => answer.Entities.Select(entity => entity.Start));
        answers.AddVector(options.EndsColumnName, NumberDataViewType.Int32, answer => answer.Entities.Select(entity => entity.End));
        return answers;
    }

    /// <summary>Returns the columns that are read and added.</summary>
    /// <exception cref="ArgumentException">A name is empty, or two outputs have the same name.</exception>
    public static StepColumns ColumnsOf(Options options) => new StepColumns(
        [(options.InputColumnName, nameof(options.InputColumnName))], AnswersOf(options).Columns)
    {
        HasWords = options.WordLabelsColumnName is not null,
    }.Checked();
}
