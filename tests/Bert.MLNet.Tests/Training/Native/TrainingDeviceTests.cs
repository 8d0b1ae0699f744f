using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace Bert.MLNet.Tests.Training;

[Collection(UsesTorch.Name)]
public class TrainingDeviceTests
{
    private static readonly BertModel s_model = ToyLanguage.Model();
    private static readonly TrainingRow[] s_train = ToyLanguage.Rows(s_model, 80, seed: 1),
    s_validation = ToyLanguage.Rows(s_model, 20, seed: 2);

    public TrainingDeviceTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData("gpu"), InlineData("cuda:"), InlineData("cuda:-1"), InlineData("cuda:x"), InlineData("CPU"), InlineData("")]
    public void What_names_no_device_is_refused_when_the_trainer_is_made(string name) =>
        Assert.Contains("'cuda:n'", Assert.Throws<ArgumentOutOfRangeException>(() => new Options { Device = name }.Check(s_model)).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("cuda"), InlineData("cuda:3")]
    public void A_device_that_is_not_there_is_refused_with_what_it_takes(string name)
    {
        Assert.SkipWhen(torch.cuda.is_available(), "This machine has a CUDA device.");
        string message = Assert.Throws<InvalidOperationException>(() => Train(new Options { Device = name })).Message;
        Assert.Contains($"'{name}'", message, StringComparison.Ordinal);
        Assert.Contains("TorchSharp-cuda-", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_beyond_those_that_are_there_is_refused_with_their_names()
    {
        Assert.Null(TrainingDevice.MissingReason("cuda", 0, 1));
        Assert.Null(TrainingDevice.MissingReason("cuda:1", 1, 2));
        Assert.Contains("there are 'cuda:0', 'cuda:1'", TrainingDevice.MissingReason("cuda:2", 2, 2), StringComparison.Ordinal);
    }

    [Fact]
    public void The_processor_by_its_name_learns_the_same_bits() =>
        Equal(Train(new Options()), Train(new Options { Device = "cpu", NumberOfThreads = 2 }));

    [Theory]
    [InlineData(0), InlineData(2)]
    public void A_module_that_copies_its_weights_learns_the_same_bits(int loraRank)
    {
        // The processor stands in for another device. A batch of one row is one part on either.
        Equal(Run(null), Run(torch.CPU));

        BertModel Run(torch.Device? device)
        {
            var options = new Options { BatchSize = 1, LoraRank = loraRank };
            torch.manual_seed(7);
            using BertForSequenceClassification first = Create();
            first.Load(s_model.Weights!, name => !s_model.Weights!.Contains(name));
            using var replicas = new ModuleReplicas<BertForSequenceClassification>(first, Create, 1, device);
            new FineTuner<BertForSequenceClassification>(replicas, new SingleLabelObjective([], 0), options, epochs: 2, seed: 7, _ => { })
                .Run(s_train, s_validation, "", () => false);
            LowRankAdaptation.Merge(first);
            return new BertModel(Config(), s_model.Tokenizer, first.ToWeights());

            BertForSequenceClassification Create()
            {
                var module = new BertForSequenceClassification(Config());
                LowRankAdaptation.AddTo(module, options.LoraRank, options.LoraAlpha, options.LoraTargets);
                return module;
            }
        }
    }

    [Theory]
    [InlineData("BertModel"), InlineData("DistilBertModel"), InlineData("MPNetModel")]
    public void A_module_that_moves_takes_every_parameter_along(string architecture)
    {
        BertConfig config = ToyLanguage.Model(architecture).Config;
        foreach (BertForTask module in new BertForTask[] { new BertForSequenceClassification(config), new BertForMaskedLM(config),
            new BertForTokenClassification(config), new BertForQuestionAnswering(config) })
        {
            LowRankAdaptation.AddTo(module, 2, 8, ["query", "output.dense"]);
            string[] names = [.. module.State().Select(p => p.Name)];
            BertForTask moved = module.to(torch.META);
            Assert.Equal(names, moved.State().Select(p => p.Name));
            Assert.All(moved.State(), p => Assert.Equal(DeviceType.META, p.Parameter.device_type));
            Assert.Equal(DeviceType.META, moved.Bert.Device.type);
            if (moved is BertForMaskedLM masked)
                Assert.Equal(DeviceType.META, masked.Head.Bias.device_type);
            moved.Dispose();
        }
    }

    private static BertModel Train(Options options) =>
        FineTuning.Run(((IHostEnvironment)new MLContext(1)).Register("test"), s_model, Config(), new SingleLabelObjective([], 0), options,
            s_train, s_validation);

    private static BertConfig Config() => s_model.Config with
    {
        Architectures = ["BertForSequenceClassification"],
        Id2Label = new Dictionary<int, string> { [0] = "bad", [1] = "good" },
    };

    private static void Equal(BertModel expected, BertModel actual) =>
        Assert.All(expected.Weights!.Names,
            name => Assert.Equal(expected.Weights[name].Bytes.ToArray(), actual.Weights![name].Bytes.ToArray()));

    private sealed record Options : BertTrainingOptions
    {
        public Options() => (Seed, MaxEpochs, LearningRate) = (5, 2, 2e-3);
    }
}
