using Bert.MLNet.Tests.Encoders;
using Bert.MLNet.Tokenization;
using Bert.MLNet.Training;
using TorchSharp;

namespace Bert.MLNet.Tests.Training;

[Collection(UsesTorch.Name)]
public class MaskedWordsObjectiveTests
{
    private const double MlmProbability = 0.4;

    private static readonly BertModel s_model = ToyLanguage.Model("BertForMaskedLM");

    public MaskedWordsObjectiveTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void The_loss_and_the_metric_equal_a_plain_computation()
    {
        var masking = new WholeWordMasking(s_model.Tokenizer, MlmProbability);
        var objective = new MaskedWordsObjective(masking, MlmProbability);
        TrainingRow[] rows = ToyLanguage.Rows(s_model, 9, seed: 4);
        using DisposeScope scope = torch.NewDisposeScope();
        using BertForMaskedLM module = objective.CreateModule(s_model.Config, torch.ScalarType.Float32);
        module.Load(s_model.Weights!);
        module.eval();

        BatchChance.Seed(5);
        var chance = new Random(5);
        Assert.Equal(Guess(rows, _ => chance).Sum(word => word.Loss), objective.Loss(module, rows).item<float>(), 1e-3);

        using var replicas = new ModuleReplicas<BertForMaskedLM>(
            module, () => objective.CreateModule(s_model.Config, torch.ScalarType.Float32), 2);
        ValidationResult result = objective.Evaluate(replicas, rows);
        (double Loss, bool Right)[] words = [.. Guess(rows, row => new Random((int)row.Position))];
        Assert.Equal(words.Average(word => word.Right ? 1.0 : 0), result.Metric, 1e-12);
        Assert.Equal(words.Average(word => word.Loss), result.Loss!.Value, 1e-4);

        IEnumerable<(double Loss, bool Right)> Guess(TrainingRow[] rows, Func<TrainingRow, Random> random)
        {
            var plain = new PlainBert(s_model);
            return [.. rows.SelectMany(row =>
            {
                long[] ids = [.. row.Ids];
                var chosen = new List<(int Position, int Id)>();
                masking.Apply(ids, random(row), chosen);
                double[][] scores = plain.MaskedWordScores(
                    [.. ids.Select(id => (int)id)], new int[ids.Length], [.. chosen.Select(word => word.Position)]);
                return chosen.Select((word, i) =>
                    (Math.Log(scores[i].Sum(Math.Exp)) - scores[i][word.Id], scores[i].Max() == scores[i][word.Id]));
            })];
        }
    }

    [Fact]
    public void Rows_of_which_nothing_is_masked_have_a_loss_of_zero_and_gradients()
    {
        var objective = new MaskedWordsObjective(new WholeWordMasking(s_model.Tokenizer, 1e-9), 1e-9);
        using DisposeScope scope = torch.NewDisposeScope();
        using BertForMaskedLM module = objective.CreateModule(s_model.Config, torch.ScalarType.Float32);
        torch.Tensor loss = objective.Loss(module, ToyLanguage.Rows(s_model, 3, seed: 4));
        loss.backward();
        Assert.Equal(0, loss.item<float>());
        Assert.All(module.State(), p => Assert.Equal(0, p.Parameter.grad!.abs().max().item<float>()));
    }
}
