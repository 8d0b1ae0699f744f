using Bert.MLNet.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Tests.Training;

[Collection(UsesTorch.Name)]
public class SentenceObjectiveTests
{
    public SentenceObjectiveTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData(false), InlineData(true)]
    public void Gradients_of_batches_in_parts_are_those_of_whole_batches(bool normalize)
    {
        BertModel model = ToyLanguage.Model();
        var sentence = new BertSentenceOptions { Normalize = normalize };
        TrainingRow[] rows = [.. ToyLanguage.Texts(12, seed: 1).Zip(ToyLanguage.Texts(12, seed: 2), (first, second) =>
            Row(model, first.Text, second.Text))];
        TrainingRow[][] parts = [rows[..3], rows[3..5], rows[5..6], rows[6..12]];
        Range[] batches = [0..3, 3..4]; // rows 0 to 5, and 6 to 11
        var objective = new SentenceObjective(sentence, new MultipleNegativesRankingLoss { Symmetric = true }, LabelScale.None);

        using DisposeScope scope = NewDisposeScope();
        using SentenceEncoder whole = Load(), inParts = Load();
        foreach (TrainingRow[] batch in new[] { rows[..6], rows[6..] })
            objective.Loss(whole, batch).backward();
        Func<SentenceEncoder, int, PartLoss> lossOf = objective.Prepare(parts, batches, work =>
        {
            for (int part = 0; part < parts.Length; part++)
                work(inParts, part);
        });
        double loss = 0;
        for (int part = 0; part < parts.Length; part++)
        {
            PartLoss one = lossOf(inParts, part);
            one.Tensor.backward();
            loss += one.Value;
        }

        Assert.Equal(objective.Loss(whole, rows[..6]).item<float>() + objective.Loss(whole, rows[6..]).item<float>(), loss, 1e-3);
        foreach (((string name, var expected), (_, var actual)) in whole.State().Zip(inParts.State()))
        {
            if (expected.grad is { } gradient)
                Assert.True((gradient.to_dense() - actual.grad!.to_dense()).abs().max().item<float>() < 1e-4, name);
        }
        Assert.Contains(whole.State(), state =>
            state.Parameter.grad is { } gradient && gradient.to_dense().abs().max().item<float>() > 0.01);

        SentenceEncoder Load()
        {
            SentenceEncoder module = objective.CreateModule(model.Config, ScalarType.Float32);
            module.Load(model.Weights!);
            module.eval();
            return module;
        }
    }

    private static SentencesRow Row(BertModel model, params ReadOnlySpan<string> texts)
    {
        var ids = new List<int>();
        var ends = new List<int>();
        foreach (string text in texts)
        {
            ids.AddRange(model.Tokenizer.Encode(text).Ids);
            ends.Add(ids.Count);
        }
        return new SentencesRow([.. ids], [.. ends], 0, []);
    }
}
