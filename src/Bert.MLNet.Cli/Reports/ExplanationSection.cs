using System.Xml.Linq;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using static Bert.MLNet.Cli.Reports.Markup;

namespace Bert.MLNet.Cli.Reports;

/// <summary>The report's section with the words that decided some predictions of a classifier.</summary>
internal static class ExplanationSection
{
    // Every word costs one more run of the encoder.
    private const int MostTokens = 128;

    /// <param name="ml">The context.</param>
    /// <param name="bert">The trained checkpoint, with the classifier's head.</param>
    /// <param name="examples">Texts and pairs, each with its predicted label and its caption.</param>
    /// <returns>The section, or null if there are no examples.</returns>
    public static XElement? Create(
        MLContext ml, BertModel bert, IReadOnlyList<(string Text, string Pair, string Predicted, string Caption)> examples)
    {
        if (examples.Count == 0)
            return null;
        var options = new BertExplanationEstimator.Options
        {
            Model = bert,
            PairColumnName = examples.Any(example => example.Pair.Length > 0) ? "Pair" : null,
            MaxLength = Math.Min(MostTokens, bert.MaxSequenceLength),
        };
        return TrainingReport.Section("words", "Decisive words",
            El("p", "How much each word contributes to the predicted label: the drop of its logit when a mask takes the place of the " +
                "word. Words with a solid line speak for the label, words with a dotted line against it. The darker a word, the larger " +
                $"its weight; hover over it to see its value. Texts are cut off at {options.MaxLength} tokens."),
            examples.Select(example => El("figure", Class("explanation"),
                El("figcaption", Attr("dir", "auto"), example.Caption),
                ExplanationPicture.Texts(Explain(ml, options with { Label = example.Predicted }, example.Text, example.Pair)))));
    }

    private static BertExplanation Explain(MLContext ml, BertExplanationEstimator.Options options, string text, string pair)
    {
        IDataView schema = ml.Data.LoadFromEnumerable([new { Text = text, Pair = pair }]);
        using BertExplanationTransformer step = ml.Transforms.Text.ApplyBertExplanation(options).Fit(schema);
        return step.Explain([text], options.PairColumnName is null ? null : [pair]).Single();
    }
}
