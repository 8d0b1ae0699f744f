using Microsoft.ML;

namespace Bert.MLNet.Server.Tests.Routes;

/// <summary>One server with a model for each task.</summary>
public sealed class ServedModels : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    internal RunningServer Server { get; private set; } = null!;

    internal BertModel Classifier { get; } = Tiny("BertForSequenceClassification").Load();

    internal BertModel Ranker { get; } = (Tiny("BertForSequenceClassification") with { Labels = ["LABEL_0"], Seed = "ranker" }).Load();

    internal BertModel Entities { get; } = (Tiny("BertForTokenClassification") with { Labels = ["O", "B-PER", "I-PER"] }).Load();

    internal BertModel Picker { get; } = (Tiny("BertForTokenClassification") with { Labels = ["OTHER", "SUMMARY"] }).Load();

    internal BertModel Answers { get; } = Tiny("BertForQuestionAnswering").Load();

    internal BertModel Writer { get; } = new TinyCheckpoint().Load().WithDecoder(new BertDecoderOptions { NumHiddenLayers = 1 })
        is { } model ? model.WithGeneration(model.Decoder!.Generation with { MaxLength = 8 }) : null!;

    /// <summary>A model.zip of vectors and a trainer of ML.NET.</summary>
    internal string Reviews => _folder["reviews.zip"];

    /// <summary>A model.zip of one BERT step that classifies.</summary>
    internal string Labels => _folder["labels.zip"];

    public async ValueTask InitializeAsync()
    {
        SaveReviews();
        SaveLabels();
        Server = await RunningServer.StartAsync(options =>
        {
            options.Models.Add(new BertServedModel("embedded"));
            options.Models.Add(new BertServedModel("embedded-static"));
            options.Models.Add(new BertServedModel(Classifier, "classifier"));
            options.Models.Add(new BertServedModel(Ranker, "ranker"));
            options.Models.Add(new BertServedModel(Entities, "entities"));
            options.Models.Add(new BertServedModel(Picker, "picker"));
            options.Models.Add(new BertServedModel(Answers, "answers"));
            options.Models.Add(new BertServedModel(Writer, "writer"));
            options.Models.Add(new BertServedModel(Reviews));
            options.Models.Add(new BertServedModel(Labels));
            options.MaxTexts = 100;
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }

    private static TinyCheckpoint Tiny(string architecture) => new() { Architecture = architecture };

    private void SaveReviews()
    {
        var ml = new MLContext(seed: 1);
        IDataView data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 8).Select(i => new Review
        {
            Text = i % 2 == 0 ? $"a great film {i}" : $"a poor battery {i}",
            Label = i % 2 == 0 ? "good" : "bad",
        }));
        ITransformer model = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", new TinyCheckpoint().Load()))
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy())
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"))
            .Fit(data);
        ml.Model.SaveToFile(model, data.Schema, Reviews);
    }

    private void SaveLabels()
    {
        var ml = new MLContext(seed: 1);
        IDataView data = ml.Data.LoadFromEnumerable<Review>([]);
        ml.Model.SaveToFile(ml.Transforms.Text.ApplyBertClassifier("PredictedLabel", "Text", Classifier).Fit(data), data.Schema, Labels);
    }

    internal sealed class Review
    {
        public string Text { get; set; } = "";
        public string Label { get; set; } = "";
    }
}
