using System.Text.Json;
using Bert.MLNet.Tests.Encoders;

namespace Bert.MLNet.Tests.Cli;

/// <summary><c>fill-mask</c> against the softmax of plain loops.</summary>
public sealed class FillMaskTests
{
    [Fact]
    public async Task The_words_of_each_mask_come_with_their_probabilities()
    {
        using var folder = new TemporaryFolder();
        string path = new TinyCheckpoint { Architecture = "BertForMaskedLM" }.Write(folder["model"]);
        ToolRun run = await ToolRun.Of("""
            {"id": 1, "text": "a [MASK] b [MASK]"}
            {"id": 2, "text": "no gap"}
            """, "fill-mask", "--model", path, "--top-k", "2");

        BertModel model = BertModel.FromPretrained(path);
        int[] ids = [.. model.Tokenizer.Encode("a [MASK] b [MASK]").Ids];
        double[][] scores = new PlainBert(model).MaskedWordScores(ids, new int[ids.Length], [2, 4]);
        JsonElement[] masks = [.. run.Lines[0].GetProperty("masks").EnumerateArray()];
        Assert.Equal(2, masks.Length);
        Assert.All(masks.Zip(scores), pair =>
        {
            double[] probabilities = [.. pair.Second.Select(score => Math.Exp(score) / pair.Second.Sum(Math.Exp))];
            int[] best = [.. Enumerable.Range(0, probabilities.Length).OrderByDescending(id => probabilities[id]).Take(2)];
            Assert.Equal(best.Select(id => model.Tokenizer.Vocabulary[id]),
                pair.First.EnumerateArray().Select(word => word.GetProperty("token").GetString()));
            Assert.All(pair.First.EnumerateArray().Zip(best),
                word => Assert.Equal(probabilities[word.Second], word.First.GetProperty("score").GetDouble(), 1e-5));
        });
        Assert.Equal(0, run.Lines[1].GetProperty("masks").GetArrayLength());
    }

    [Fact]
    public async Task A_checkpoint_without_the_head_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        ToolRun run = await ToolRun.Of("{}", "fill-mask", "--model", new TinyCheckpoint().Write(folder["plain"]));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("'plain' has no head for this", run.Error);
    }
}
