using Bert.MLNet.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Tests.Training;

/// <summary>The loss of validation rows, from the outputs that the metric needs.</summary>
[Collection(UsesTorch.Name)]
public sealed class ValidationLossTests
{
    private static readonly BertModel s_model = ToyLanguage.Model();

    public ValidationLossTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void It_is_the_weighted_mean_of_the_rows_in_any_number_of_parts()
    {
        float[] weights = [1, 3];
        var objective = new SingleLabelObjective(weights, labelSmoothing: 0);
        TrainingRow[] rows = [.. ToyLanguage.Rows(s_model, 23, seed: 4).Select(row => row with { Weight = weights[(int)row.Targets[0]] })];
        using DisposeScope scope = NewDisposeScope();
        using BertForSequenceClassification module = Module(objective);
        // One row after the other, and the softmax in plain C#.
        double sum = 0, weight = 0;
        module.eval();
        foreach (TrainingRow row in rows)
        {
            float[] logits = objective.Forward(module, new PaddedBatch([row])).data<float>().ToArray();
            sum += row.Weight * (Math.Log(logits.Sum(logit => Math.Exp(logit))) - logits[(int)row.Targets[0]]);
            weight += row.Weight;
        }
        using var replicas = new ModuleReplicas<BertForSequenceClassification>(module, () => Module(objective), 2);
        ValidationResult result = objective.Evaluate(replicas, rows);
        Assert.Equal(sum / weight, result.Loss!.Value, 1e-4);
        Assert.InRange(result.Metric, 0, 1);
    }

    [Fact]
    public void A_teacher_is_part_of_it_if_the_rows_have_its_outputs()
    {
        var labels = new SingleLabelObjective([], labelSmoothing: 0);
        var objective = new DistillationObjective<BertForSequenceClassification>(labels, "teacher", temperature: 2, labelWeight: 0.25);
        TrainingRow[] rows = ToyLanguage.Rows(s_model, 12, seed: 4),
            taught = [.. rows.Select(row => row with { Teacher = [row.Targets[0], 0.5f] })];
        using DisposeScope scope = NewDisposeScope();
        using BertForSequenceClassification module = Module(objective);
        using var replicas = new ModuleReplicas<BertForSequenceClassification>(module, () => Module(objective), 1);
        Assert.Null(objective.Evaluate(replicas, rows).Loss);
        module.eval();
        Tensor outputs = objective.Forward(module, objective.Batch(taught));
        double ofLabels = labels.Loss(outputs, taught).item<float>() / 12,
            ofTeacher = labels.TeacherLoss(outputs, taught, 2).item<float>() / 12;
        Assert.Equal(0.25 * ofLabels + 0.75 * ofTeacher, objective.Evaluate(replicas, taught).Loss!.Value, 1e-4);
    }

    /// <summary>Of equal texts, each is equally probable as the right one, so that the loss is ln(rows of a batch).</summary>
    [Fact]
    public void Rows_that_a_loss_compares_are_compared_in_batches_of_the_size_of_an_update()
    {
        var objective = new SentenceObjective(new BertSentenceOptions(), new MultipleNegativesRankingLoss(), LabelScale.None);
        int[] ids = [.. s_model.Tokenizer.Encode("so good").Ids];
        TrainingRow[] rows = [.. Enumerable.Range(0, 11)
            .Select(i => new SentencesRow([.. ids, .. ids], [ids.Length, 2 * ids.Length], i, []))];
        using DisposeScope scope = NewDisposeScope();
        using SentenceEncoder module = objective.CreateModule(s_model.Config, ScalarType.Float32);
        module.Load(s_model.Weights!);
        using var replicas = new ModuleReplicas<SentenceEncoder>(
            module, () => objective.CreateModule(s_model.Config, ScalarType.Float32), 1);
        Assert.Null(objective.Evaluate(replicas, rows).Loss); // nothing was trained so far
        objective.Prepare([rows[..4]], [0..1], work => work(module, 0));
        Assert.Equal(Math.Log(4), objective.Evaluate(replicas, rows).Loss!.Value, 1e-4);
        Assert.Equal(Math.Log(3), objective.Evaluate(replicas, rows[..3]).Loss!.Value, 1e-4);
    }

    private static BertForSequenceClassification Module(FineTuningObjective<BertForSequenceClassification> objective)
    {
        manual_seed(1);
        BertForSequenceClassification module = objective.CreateModule(
            s_model.Config with { Id2Label = s_labels }, ScalarType.Float32);
        module.Load(s_model.Weights!, name => !s_model.Weights!.Contains(name));
        return module;
    }

    private static readonly Dictionary<int, string> s_labels = new() { [0] = "bad", [1] = "good" };
}
