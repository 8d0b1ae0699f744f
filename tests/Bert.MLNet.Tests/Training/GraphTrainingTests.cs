using Bert.MLNet.Models;
using Bert.MLNet.Tests.Models;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Training;

/// <summary>Training of checkpoints that consist of an ONNX graph.</summary>
[Collection(UsesTorch.Name)]
public sealed class GraphTrainingTests
{
    [Fact]
    public void A_graph_is_trained_like_the_weights_in_it()
    {
        using var folder = new TemporaryFolder();
        var tiny = new TinyCheckpoint();
        BertWeights expected = Train(tiny.Load()), actual = Train(BertModel.FromPretrained(new TorchExport().Write(tiny, folder.Path)));
        Assert.Equal(expected.Names.Order(), actual.Names.Order());
        Assert.All(expected.Names, name => Assert.Equal(expected[name].Bytes.ToArray(), actual[name].Bytes.ToArray()));
    }

    [Fact]
    public void A_graph_in_int8_is_refused()
    {
        using var folder = new TemporaryFolder();
        new TinyCheckpoint().Load().Quantize().SavePretrainedOnnx(folder.Path);
        string message = Assert.Throws<NotSupportedException>(() => Train(BertModel.FromPretrained(folder.Path))).Message;
        Assert.Contains("int8 weights cannot be trained", message, StringComparison.Ordinal);
    }

    private static BertWeights Train(BertModel model)
    {
        var ml = new MLContext(seed: 1);
        IDataView data = ml.Data.LoadFromEnumerable(
            ToyLanguage.Texts(24, seed: 3, classes: 2).Select(row => new { row.Text, Label = row.Label == 1 }).ToArray());
        var options = new TextClassificationBinaryTrainer.Options
        {
            Model = model, Sentence1ColumnName = "Text", MaxEpochs = 1, EarlyStoppingPatience = null,
        };
        using BertClassifierTransformer trained = ml.BinaryClassification.Trainers.TextClassification(options).Fit(data);
        return trained.Model.Weights!;
    }
}
