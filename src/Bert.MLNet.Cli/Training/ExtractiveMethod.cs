using System.CommandLine;
using Bert.MLNet.Cli.CodeGeneration;
using Bert.MLNet.Cli.Files;
using Bert.MLNet.Cli.Verbs;

namespace Bert.MLNet.Cli.Training;

/// <summary>An encoder scores the sentences of a text, and the best ones are its summary.</summary>
internal sealed class ExtractiveMethod : WritingMethod
{
    private readonly WritingTask _task;

    private readonly Option<int> _sentences = new("--sentences")
    {
        Description = "The maximum number of sentences of a text that count as its summary, and the number of those that are picked.",
        DefaultValueFactory = _ => new ExtractiveSummarizationTrainer.Options().NumberOfSentences,
    };

    public ExtractiveMethod(WritingTask task)
    {
        _task = task;
        CommonOptions.Require(_sentences, value => value >= 1, "at least 1");
    }

    public override IReadOnlyList<Option> Options => [_sentences];

    public override string Asks => "summarize";

    public override WritingPlan Plan(
        ParseResult arguments, BertModel bert, IEnumerable<string> targets, int seed, CancellationToken cancellation) => new(
            bert, $"Encoder: {bert}.",
            new ExtractiveSummarizationTrainer.Options
            {
                InputColumnName = nameof(SourceRow.Source),
                LabelColumnName = nameof(SourceRow.Target),
                OutputColumnName = nameof(WrittenText.PredictedText),
                NumberOfSentences = arguments.GetValue(_sentences),
            },
            (ml, complete) => ml.Ranking.Trainers.ExtractiveSummarization((ExtractiveSummarizationTrainer.Options)complete),
            (settings, complete, _, sample) =>
                WritingCode.Create(_task, settings, (ExtractiveSummarizationTrainer.Options)complete, sample));
}
