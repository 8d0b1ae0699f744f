using Bert.MLNet.Tasks;
using Bert.MLNet.Testing;
using Microsoft.ML;
using Options = Bert.MLNet.BertExplanationEstimator.Options;

namespace Bert.MLNet.Tests.Tasks.Explanation;

/// <summary>A row of the columns that an explanation adds.</summary>
internal sealed class ExplainedRow
{
    public string[] Words { get; set; } = [];

    public float[] WordWeights { get; set; } = [];

    public int[] WordStarts { get; set; } = [];

    public int[] WordEnds { get; set; } = [];

    public int[] WordSequenceIds { get; set; } = [];

    public string ExplainedLabel { get; set; } = "";

    public float ExplainedScore { get; set; }

    /// <summary>Reads the columns of a fitted step for texts, or for pairs with a tab between their texts.</summary>
    public static ExplainedRow[] Read(MLContext ml, ITransformer step, params IEnumerable<string> rows)
    {
        IDataView data = step.Transform(Data(ml, rows));
        return [.. ml.Data.CreateEnumerable<ExplainedRow>(data, reuseRowObject: false, ignoreMissingColumns: true)];
    }

    /// <summary>Texts in "Text", and second texts in "Other".</summary>
    public static IDataView Data(MLContext ml, params IEnumerable<string> rows) =>
        ml.Data.LoadFromEnumerable(rows.Select(row => row.Split('\t')).Select(
            texts => new EveryTransformer.Row { Text = texts[0], Other = texts.ElementAtOrDefault(1) ?? "" }));

    public static BertExplanationTransformer Fit(MLContext ml, BertModel model, Func<Options, Options>? configure = null)
    {
        var options = new Options { Model = model };
        return ml.Transforms.Text.ApplyBertExplanation(configure?.Invoke(options) ?? options).Fit(Data(ml));
    }

    public static IReadOnlyList<BertExplanation> Explain(
        BertExplanationTransformer step, IEnumerable<string?> texts, IEnumerable<string?>? pairs = null) =>
        step.Explain(texts, pairs, TestContext.Current.CancellationToken);

    /// <summary>A classifier whose logits are a linear layer over the vector of a text, with random weights.</summary>
    public static BertModel FewShotClassifier()
    {
        BertModel model = new TinyCheckpoint().Load();
        BertConfig config = model.Config with
        {
            Id2Label = new Dictionary<int, string> { [0] = "bad", [1] = "good", [2] = "so-so" },
            ProblemType = "single_label_classification",
        };
        var encoder = new BertModel(config, model.Tokenizer, model.Weights, model.Sentence, model.Name);
        return VectorClassifier.Create(encoder, SeededWeights.Values("head", 3 * config.HiddenSize, std: 3), [0.1f, -0.2f, 0.3f]);
    }

    /// <summary>The words and punctuation of a text, and where they are.</summary>
    public static (string Word, int Start, int End)[] WordsOf(string text)
    {
        var words = new List<(string, int, int)>();
        for (int start = 0, end; start < text.Length; start = end)
        {
            for (end = start + 1; char.IsLetterOrDigit(text[start]) && end < text.Length && char.IsLetterOrDigit(text[end]);)
                end++;
            if (!char.IsWhiteSpace(text[start]))
                words.Add((text[start..end], start, end));
        }
        return [.. words];
    }

    /// <summary>The text with as many masks in place of a word as it has tokens.</summary>
    public static string Masked(BertModel model, string text, int start, int end)
    {
        // A word has other tokens at the start of a text than behind a space.
        int tokens = Count(text[..end]) - Count(text[..start].TrimEnd());
        return text[..start] + string.Concat(Enumerable.Repeat(model.Tokenizer.Options.MaskToken, tokens)) + text[end..];

        int Count(string part) => model.Tokenizer.Encode(part, options: new() { AddSpecialTokens = false }).Length;
    }

    public void AssertWords(string text, double[] weights, double tolerance = 1e-5)
    {
        Assert.Equal(WordsOf(text), Words.Zip(WordStarts, WordEnds));
        AssertWeights(weights, tolerance);
    }

    public void AssertWeights(double[] weights, double tolerance = 1e-5)
    {
        Assert.Equal(weights.Length, WordWeights.Length);
        Assert.All(weights.Zip(WordWeights), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }
}
