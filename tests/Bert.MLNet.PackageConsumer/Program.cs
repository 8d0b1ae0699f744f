using Bert.MLNet;
using Microsoft.Extensions.AI;
using Microsoft.ML;
using Microsoft.ML.Data;

// fit FILE: embeds, trains, saves and predicts. load FILE: predicts in a process that has done nothing of it. Both print the scores to the
// last bit.
// packages FOLDER: looks into the packages.
if (args[0] == "packages")
{
    Packages.Check(args[1]);
    return;
}

var ml = new MLContext(seed: 1);
Review[] reviews = [.. Enumerable.Range(0, 40)
    .Select(i => new Review { Text = i % 2 == 0 ? $"Wonderful food, day {i}." : $"Rude and dirty, day {i}.", Label = i % 2 == 0 })];
IDataView data = ml.Data.LoadFromEnumerable(reviews);

if (args[0] == "fit")
{
    using var generator = new BertEmbeddingGenerator(BertModel.Default);
    GeneratedEmbeddings<Embedding<float>> embeddings = await generator.GenerateAsync(["Owls hunt at night."]);
    if (embeddings[0].Vector.Length != BertModel.Default.Config.HiddenSize)
        throw new InvalidOperationException($"A vector has {embeddings[0].Vector.Length} values.");
    using var table = new BertEmbeddingGenerator(BertModel.DefaultStatic);
    if ((await table.GenerateVectorAsync("Owls hunt at night.")).Length != 256)
        throw new InvalidOperationException("The included static embeddings do not have 256 values.");

    var pipeline = ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", BertModel.Default, normalize: true)
        .AppendCacheCheckpoint(ml)
        .Append(ml.BinaryClassification.Trainers.SdcaLogisticRegression());
    ml.Model.Save(pipeline.Fit(data), data.Schema, args[1]);
}

IDataView predicted = ml.Model.Load(args[1], out _).Transform(data);
float[] scores = [.. predicted.GetColumn<float>("Score")];
if (!predicted.GetColumn<bool>("PredictedLabel").SequenceEqual(reviews.Select(review => review.Label)))
    throw new InvalidOperationException("Forty rows of two kinds were not told apart.");
Console.WriteLine(string.Join(' ', scores.Select(score => BitConverter.SingleToUInt32Bits(score).ToString("x8"))));

internal sealed class Review
{
    public string Text { get; set; } = "";
    public bool Label { get; set; }
}
