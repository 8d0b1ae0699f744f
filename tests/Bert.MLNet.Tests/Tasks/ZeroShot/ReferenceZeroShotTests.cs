using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Tasks.ZeroShot;

/// <summary>Scores of pairs whose logits HuggingFace's PyTorch classes computed, with the tokenizers of the checkpoints.</summary>
public sealed class ReferenceZeroShotTests
{
    [Theory]
    [InlineData("bert-seqclass-random", "positive", 2, 0), InlineData("roberta-seqclass-random", "positive", 2, 0)]
    [InlineData("deberta-v3-seqclass-random", null, 0, 2), InlineData("albert-seqclass-random", null, 0, 2)]
    public void A_label_that_is_the_whole_hypothesis_has_the_score_of_its_reference_logits(
        string checkpoint, string? entailmentLabel, int entailment, int contradiction)
    {
        string folder = Shared.Folder("reference", "models", checkpoint);
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")));
        JsonElement[] pairs =
        [
            .. reference.RootElement.GetProperty("cases").EnumerateArray().Where(row =>
                row.GetProperty("pair").GetString() is { Length: > 0 } && row.GetProperty("truncated_to").ValueKind == JsonValueKind.Null),
        ];
        Assert.NotEmpty(pairs);
        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable(pairs.Select(row => new Row
        {
            Text = row.GetProperty("text").GetString()!, Labels = [row.GetProperty("pair").GetString()!],
        }));
        using BertZeroShotClassifierTransformer transformer = ml.Transforms.Text.ApplyBertZeroShotClassifier(new()
        {
            Model = ReferenceCheckpoint.Open(folder), CandidateLabelsColumnName = "Labels", HypothesisTemplate = "{}",
            EntailmentLabel = entailmentLabel,
        }).Fit(data);
        float[][] scores = [.. transformer.Transform(data).GetColumn<float[]>("Score")];
        Assert.All(pairs.Zip(scores), pair =>
        {
            JsonElement outputs = pair.First.GetProperty("outputs");
            double[] logits = [.. outputs.GetProperty("logits").EnumerateArray().Select(logit => logit.GetDouble())];
            Assert.Equal(1 / (1 + Math.Exp(logits[contradiction] - logits[entailment])), Assert.Single(pair.Second), 1e-5);
        });
    }

    private sealed class Row
    {
        public string Text { get; set; } = "";

        public string[] Labels { get; set; } = [];
    }
}
