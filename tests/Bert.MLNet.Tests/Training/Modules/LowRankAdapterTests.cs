using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace Bert.MLNet.Tests.Training;

[Collection(UsesTorch.Name)]
public class LowRankAdapterTests
{
    private static readonly BertModel s_model = ToyLanguage.Model();
    private static readonly TrainingRow[] s_train = ToyLanguage.Rows(s_model, 240, seed: 1),
        s_validation = ToyLanguage.Rows(s_model, 60, seed: 2);

    public LowRankAdapterTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void An_adapter_adds_what_the_paper_says()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using var dense = new Dense(3, 2, 0.5);
        dense.AddAdapter(rank: 2, alpha: 5);
        Fill(dense, "lora");
        Dictionary<string, float[]> p = dense.State().ToDictionary(s => s.Name, s => s.Parameter.data<float>().ToArray());
        float[] x = [1, -2, 0.5f], expected = new float[2];
        for (int o = 0; o < 2; o++)
        {
            expected[o] = p["bias"][o];
            for (int i = 0; i < 3; i++)
            {
                double ba = 0;
                for (int r = 0; r < 2; r++)
                    ba += p["lora.B.weight"][o * 2 + r] * p["lora.A.weight"][r * 3 + i];
                expected[o] += (float)((p["weight"][o * 3 + i] + 5 / 2.0 * ba) * x[i]);
            }
        }
        Assert.All(expected.Zip(dense.Forward(torch.tensor(x)).data<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Theory]
    [InlineData("query"), InlineData("query", "value"), InlineData("attention.self.key", "output.dense", "intermediate.dense")]
    public void Merged_weights_do_what_adapters_did_in_torch_and_in_ONNX_Runtime(params string[] targets)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using var module = new BertForSequenceClassification(Config(s_model));
        module.Load(s_model.Weights!, name => !s_model.Weights!.Contains(name));
        module.eval();
        string[] names = [.. module.State().Select(p => p.Name)];
        var batch = new PaddedBatch([.. s_validation.Take(7)]);
        float[] without = Logits();
        LowRankAdaptation.AddTo(module, 3, 8, targets);
        Assert.Equal(without, Logits());
        Fill(module, ".lora.");
        float[] adapted = Logits();
        Assert.NotEqual(without, adapted);

        LowRankAdaptation.Merge(module);
        Assert.Equal(names, module.State().Select(p => p.Name));
        Assert.All(adapted.Zip(Logits()), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));

        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable(ToyLanguage.Texts(60, seed: 2).Take(7).Select(row => new { row.Text }).ToArray());
        var merged = new BertModel(Config(s_model), s_model.Tokenizer, module.ToWeights());
        using BertClassifierTransformer classifier =
            ml.Transforms.Text.ApplyBertClassifier(new BertClassifierEstimator.Options { Model = merged, LogitsColumnName = "Logits" })
                .Fit(data);
        Assert.All(adapted.Zip(classifier.Transform(data).GetColumn<float[]>("Logits").SelectMany(row => row)),
            pair => Assert.Equal(pair.First, pair.Second, 1e-4f));

        float[] Logits() => module.Forward(batch).data<float>().ToArray();
    }

    [Theory]
    [InlineData("BertModel", 0.9), InlineData("DistilBertModel", 0.9), InlineData("MPNetModel", 0.9), InlineData("RobertaModel", 0.9),
        InlineData("ElectraModel", 0.75), InlineData("AlbertModel", 0.7)]
    [InlineData("ModernBertModel", 0.9), InlineData("DebertaV2Model", 0.9), InlineData("NomicBertModel", 0.9)]
    public void Only_the_targets_and_the_head_change_and_the_targets_by_the_rank(string architecture, double least)
    {
        BertModel model = ToyLanguage.Model(architecture);
        var metrics = new List<double>();
        BertModel trained = Train(
            new Options
            {
                MaxEpochs = 8,
                LoraRank = 2,
                LearningRate = 1e-2,
                Progress = new OnReport(report => metrics.AddRange(report.Metric is { } metric ? [metric] : [])),
            }, model);
        Assert.InRange(metrics.Max(), least, 1); // narrow embeddings that stay as they are tell words apart less well
        using DisposeScope scope = torch.NewDisposeScope();
        foreach (string name in model.Weights!.Names.Where(trained.Weights!.Contains))
        {
            float[] before = Values(model, name), after = Values(trained, name);
            if (name.EndsWith("query.weight", StringComparison.Ordinal) || name.EndsWith("value.weight", StringComparison.Ordinal))
            {
                float[] singular = torch.linalg.svdvals(torch.tensor([.. after.Zip(before, (a, b) => a - b)], 32, 32)).data<float>()
                    .ToArray();
                Assert.True(singular[1] > 100 * singular[2], $"{name} changed by rank 2: {string.Join(' ', singular)}");
            }
            else if (name.StartsWith("embeddings.", StringComparison.Ordinal) || name.StartsWith("encoder.", StringComparison.Ordinal))
            {
                Assert.Equal(before, after);
            }
            else
            {
                Assert.NotEqual(before, after);
            }
        }
    }

    [Fact]
    public void A_training_that_was_stopped_goes_on_with_its_adapters()
    {
        using TemporaryFolder unbroken = new(), broken = new();
        Options New(string folder) => new()
        {
            MaxEpochs = 3,
            BatchSize = 30,
            LoggingSteps = 1,
            SaveSteps = 4,
            LoraRank = 2,
            LearningRate = 1e-2,
            CheckpointFolder = folder,
        };
        BertModel expected = Train(New(unbroken.Path), s_model);
        using var stop = new CancellationTokenSource();
        var stopper = new OnReport(report =>
        {
            if (report.Step == 11)
                stop.Cancel();
        });
        Train(New(broken.Path) with { CancellationToken = stop.Token, Progress = stopper }, s_model);
        BertModel actual = Train(New(broken.Path), s_model);
        Assert.All(expected.Weights!.Names, name => Assert.Equal(Values(expected, name), Values(actual, name)));

        Options other = New(broken.Path) with { LoraAlpha = 16 };
        Assert.Contains(broken.Path, Assert.Throws<InvalidOperationException>(() => Train(other, s_model)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_cannot_be_are_named()
    {
        foreach ((string name, Options options) in new[] { ("LoraRank", new Options { LoraRank = -1 }),
            ("LoraAlpha", new() { LoraAlpha = 0 }), ("'q_lin'", new() { LoraTargets = ["query", "q_lin"] }),
            ("nothing", new() { LoraTargets = [] }) })
            Assert.Contains(name, Assert.ThrowsAny<ArgumentException>(() => options.Check(s_model)).Message, StringComparison.Ordinal);
    }

    private static BertModel Train(Options options, BertModel model) =>
        FineTuning.Run(((IHostEnvironment)new MLContext(1)).Register("test"), model, Config(model), new SingleLabelObjective([], 0),
            options, s_train, s_validation);

    private static BertConfig Config(BertModel model) => model.Config with
    {
        Architectures = [model.Config.Family.ClassFor("SequenceClassification")],
        Id2Label = new Dictionary<int, string> { [0] = "bad", [1] = "good" },
    };

    private static float[] Values(BertModel model, string name)
    {
        float[] values = new float[model.Weights![name].Count];
        model.Weights[name].CopyTo(values);
        return values;
    }

    /// <summary>Numbers for adapters, whose B is zero at first.</summary>
    private static void Fill(torch.nn.Module module, string part)
    {
        var random = new Random(5);
        foreach ((string name, var parameter) in module.State().Where(p => p.Name.Contains(part, StringComparison.Ordinal)))
        {
            Span<float> values = parameter.Values();
            for (int i = 0; i < values.Length; i++)
                values[i] = (float)(random.NextDouble() - 0.5);
        }
    }

    private sealed record Options : BertTrainingOptions
    {
        public Options() => (Seed, EarlyStoppingPatience) = (5, null);
    }
}
