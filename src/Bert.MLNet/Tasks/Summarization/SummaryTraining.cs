using Bert.MLNet.DataViews;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tasks;

/// <summary>Trains a score for each sentence, from the hidden state of its first token.</summary>
internal sealed class SummaryTraining(ExtractiveSummarizationTrainer.Options options)
    : ITrainingTask<SummaryTarget, BertForTokenClassification, BertExtractiveSummarizerTransformer>
{
    private readonly StepColumns _columns = SummaryOutputs.ColumnsOf(Output(options, options.Checkpoint));

    public SchemaShape AddOutputs(SchemaShape inputSchema)
    {
        InputColumn.FindText(inputSchema, options.InputColumnName, nameof(options.InputColumnName));
        OneOrManyColumn.Find(inputSchema, options.LabelColumnName, nameof(options.LabelColumnName), TextDataViewType.Instance);
        return _columns.AddTo(inputSchema);
    }

    public SummaryTarget Bind(DataViewSchema schema) => new(schema, options);

    public TrainingPlan<BertForTokenClassification, BertExtractiveSummarizerTransformer> Plan(
        SummaryTarget target, TrainingRow[] rows, TrainingRow[] validation)
    {
        if (!rows.Any(row => row.Targets.Contains(1)))
        {
            throw new InvalidOperationException(
                $"No sentence in column '{options.InputColumnName}' shares a word with the summary in column " +
                $"'{options.LabelColumnName}', so there is nothing to learn.");
        }
        return new(
            rows, options.Checkpoint.Config.WithHead(HeadKind.TokenClassification, TrainedSentences.Labels),
            new TokenClassificationObjective(TrainedSentences.Labels.Count, "RPrecision", RPrecision),
            (env, trained) => new(env, Output(options, trained)));
    }

    /// <summary>
    /// The mean share of right sentences among those with the highest scores, as many as are right in a text; texts without any are left
    /// out.
    /// </summary>
    internal static double RPrecision(IReadOnlyList<(TrainingRow Row, float[] Outputs)> rows)
    {
        double[] shares =
        [
            .. from windows in rows.GroupBy(row => row.Row.Position)
               let sentences = windows.SelectMany(window => Sentences(window.Row, window.Outputs)).ToArray()
               let count = sentences.Count(sentence => sentence.IsRight)
               where count > 0
               select sentences.OrderByDescending(sentence => sentence.Score).Take(count).Average(sentence => sentence.IsRight ? 1.0 : 0),
        ];
        return shares.Length > 0 ? shares.Average() : 0;
    }

    private static IEnumerable<(bool IsRight, float Score)> Sentences(TrainingRow row, float[] outputs) =>
        from token in Enumerable.Range(0, row.Length)
        where row.Targets[token] != TokenClassificationObjective.Ignored
        select (row.Targets[token] == 1, outputs[2 * token + 1] - outputs[2 * token]);

    private static BertExtractiveSummarizerEstimator.Options Output(ExtractiveSummarizationTrainer.Options options, BertModel model) =>
        new BertExtractiveSummarizerEstimator.Options
        {
            Model = model,
            Batching = options.Batching,
            InputColumnName = options.InputColumnName,
            OutputColumnName = options.OutputColumnName,
            NumberOfSentences = options.NumberOfSentences,
            MaxLength = options.MaxLength,
        }.ResolveAll();
}
