using Bert.MLNet.Tests.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Persistence;

/// <summary>What the trainers of translations and summaries fit, in seconds.</summary>
internal static class SavedWriters
{
    public static ITransformer SequenceToSequence(MLContext ml)
    {
        IDataView data = ml.Data.LoadFromEnumerable(ToyLanguage.Texts(96, seed: 7).Select(row => new
        {
            row.Text, Start = string.Join(' ', row.Text.Split(' ').Take(3)),
        }).ToArray());
        return ml.MulticlassClassification.Trainers.SequenceToSequence(SavedTrainings.Short(new SequenceToSequenceTrainer.Options
        {
            Model = SavedTrainings.Narrow("BertModel").WithDecoder(),
            SourceColumnName = "Text", LabelColumnName = "Start", OutputColumnName = "Written", MaxTargetLength = 12,
            Generation = new() { NumBeams = 2, MaxLength = 8, RepetitionPenalty = 1.2 },
        })).Fit(data);
    }

    public static ITransformer ExtractiveSummarization(MLContext ml)
    {
        IDataView data = ml.Data.LoadFromEnumerable(ToySummaries.Rows(60, seed: 8));
        return ml.Ranking.Trainers.ExtractiveSummarization(SavedTrainings.Short(new ExtractiveSummarizationTrainer.Options
        {
            Model = SavedTrainings.Narrow("BertModel"), NumberOfSentences = 1,
        })).Fit(data);
    }
}
