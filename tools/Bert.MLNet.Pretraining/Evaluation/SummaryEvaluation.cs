using System.Diagnostics;
using Bert.MLNet.Evaluation;
using Bert.MLNet.Tasks;
using Bert.MLNet.Tokenization;
using Microsoft.ML;

namespace Bert.MLNet.Pretraining.Evaluation;

/// <summary>Summarizes the texts of a data set in several ways, and prints a row of results for each.</summary>
internal sealed class SummaryEvaluation(SummaryData data)
{
    private readonly string[][] _sentences =
    [
        .. data.Rows.Select(row => SentenceSplitter.Split(row.Text).Select(sentence => row.Text[sentence.Start..sentence.End]).ToArray()),
    ];

    public static void PrintHeader()
    {
        Console.WriteLine("| data | rows | sentences | summary | ROUGE-1 | ROUGE-2 | ROUGE-L | seconds |");
        Console.WriteLine("|---|--:|--:|---|--:|--:|--:|--:|");
    }

    /// <summary>Prints the results of the first sentences, of random ones, and of those with the best ROUGE.</summary>
    public void PrintBaselines(int seed)
    {
        var random = new Random(seed);
        Print("first sentences", () => Pick((_, count) => Enumerable.Range(0, count)));
        Print("random sentences", () => Pick((_, count) =>
        {
            int[] order = [.. Enumerable.Range(0, count)];
            random.Shuffle(order);
            return order;
        }));
        Print("best sentences", () => Pick((row, _) => GreedySummary.Pick(
            Array.ConvertAll(_sentences[row], sentence => RougeTokens.Of(sentence, stem: false)),
            Array.ConvertAll(data.Rows[row].References, reference => RougeTokens.Of(reference, stem: false)), data.Sentences)));
    }

    /// <summary>Prints the results of <c>ApplyBertExtractiveSummarizer</c>.</summary>
    public void Print(string name, BertExtractiveSummarizerEstimator.Options options) => Print(name, () =>
    {
        var ml = new MLContext();
        IDataView texts = ml.Data.LoadFromEnumerable(data.Rows.Select(row => new Input { Text = row.Text }));
        using BertExtractiveSummarizerTransformer summarizer = ml.Transforms.Text.ApplyBertExtractiveSummarizer(options).Fit(texts);
        return
        [
            .. ml.Data.CreateEnumerable<Output>(summarizer.Transform(texts), reuseRowObject: false).Select(row => row.Summary),
        ];
    });

    /// <summary>Prints the results of summaries of all rows.</summary>
    /// <param name="name">Their name.</param>
    /// <param name="summarize">Creates them, which is measured.</param>
    public void Print(string name, Func<string[]> summarize)
    {
        long start = Stopwatch.GetTimestamp();
        string[] summaries = summarize();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var rouge = new RougeCounter(stem: false);
        foreach ((string summary, SummarizedText row) in summaries.Zip(data.Rows))
            rouge.Add(summary, row.References);
        IEnumerable<string> cells = rouge.Means().Take(3).Select(score => $"{100 * score.F1Score:F1} ± {100 * score.F1StandardError:F1}");
        Console.WriteLine($"| {data.Name} | {data.Rows.Length} | {data.Sentences} | {name} | {string.Join(" | ", cells)} | {seconds:F1} |");
    }

    // The first of some sentences of each row, in the order of the text.
    private string[] Pick(Func<int, int, IEnumerable<int>> order) =>
    [
        .. _sentences.Select((sentences, row) =>
            string.Join(' ', order(row, sentences.Length).Take(data.Sentences).Order().Select(index => sentences[index]))),
    ];

    private sealed class Input
    {
        public string Text { get; set; } = "";
    }

    private sealed class Output
    {
        public string Summary { get; set; } = "";
    }
}
