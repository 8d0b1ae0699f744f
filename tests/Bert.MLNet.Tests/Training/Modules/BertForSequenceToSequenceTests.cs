using System.Text.Json;
using Bert.MLNet.Generation;
using Bert.MLNet.Models;
using Bert.MLNet.Tests.Generation;
using Bert.MLNet.Training;
using TorchSharp;

namespace Bert.MLNet.Tests.Training.Modules;

/// <summary>Scores of given texts in TorchSharp against HuggingFace's PyTorch classes and against ONNX Runtime.</summary>
[Collection(UsesTorch.Name)]
public sealed class BertForSequenceToSequenceTests
{
    public BertForSequenceToSequenceTests() => TorchRuntime.EnsureLoaded();

    public static TheoryData<string> Checkpoints => ReferenceSequences.Names;

    [Theory, MemberData(nameof(Checkpoints))]
    public void Scores_and_losses_of_one_text_and_of_a_batch_equal_the_reference(string checkpoint)
    {
        var reference = new ReferenceSequences(checkpoint);
        using DisposeScope scope = torch.NewDisposeScope();
        using var quiet = torch.no_grad();
        BertModel model = BertModel.FromPretrained(reference.Folder);
        using BertForSequenceToSequence module = Open(model);
        SequencePairRow[] rows = [.. reference.TeacherForcing.Select((one, i) =>
            new SequencePairRow(ReferenceSequences.Ids(one, "input_ids"), ReferenceSequences.Ids(one, "labels"), i))];
        foreach ((JsonElement one, SequencePairRow row) in reference.TeacherForcing.Zip(rows))
        {
            float[][] scores = Scores(module, model, [row]);
            JsonElement[] expected = [.. one.GetProperty("rows").EnumerateArray()];
            Assert.Equal(expected.Length, scores.Length);
            for (int i = 0; i < expected.Length; i++)
            {
                reference.Equal(expected[i].GetProperty("first8"), scores[i].AsSpan(0, 8), $"{row.Position} {i} first8");
                reference.Equal(expected[i].GetProperty("last8"), scores[i].AsSpan(scores[i].Length - 8), $"{row.Position} {i} last8");
                reference.Equal(
                    expected[i].GetProperty("label_logit").GetDouble(), scores[i][row.Target[i]], $"{row.Position} {i} label");
            }
            reference.Equal(one.GetProperty("loss").GetDouble(), Loss(scores, [row]), $"{row.Position} loss");
        }
        double batch = reference.Root.GetProperty("teacher_forcing_batch").GetProperty("loss").GetDouble();
        reference.Equal(batch, Loss(Scores(module, model, rows), rows), "batch loss");
        var objective = new NextTokenObjective(model.Decoder!.Config, areShared: false, model.Decoder.StartTokenId, smoothing: 0);
        reference.Equal(batch, objective.Loss(module, rows).item<float>() / rows.Sum(row => row.Target.Length), "objective");
        reference.WriteLargest("TorchSharp");
    }

    [Theory]
    [InlineData("BertModel")]
    [InlineData("RobertaModel")]
    public void Scores_equal_those_of_the_steps_that_generate(string architecture)
    {
        BertModel model = TinySequences.Of(architecture);
        using DisposeScope scope = torch.NewDisposeScope();
        using var quiet = torch.no_grad();
        using BertForSequenceToSequence module = Open(model);
        using var generator = new TextGenerator(model);
        SequencePairRow[] rows =
            [.. TinySequences.Sources(model).Select((ids, i) => new SequencePairRow(ids, [9, 30, .. Enumerable.Repeat(20 + i, i + 1), 3],
                i))];
        float[][] scores = Scores(module, model, rows);
        int token = 0;
        foreach (SequencePairRow row in rows)
        {
            foreach (float[] expected in generator.ScoresOf(TinySequences.Source(row.Ids), row.Shifted(model.Decoder!.StartTokenId).Ids))
                Assert.All(expected.Zip(scores[token++]), pair => Assert.Equal(pair.First, pair.Second, 2e-4));
        }
        Assert.Equal(scores.Length, token);
    }

    [Fact]
    public void The_smoothed_loss_is_the_mixture_with_the_mean_over_the_vocabulary()
    {
        BertModel model = TinySequences.Model;
        using DisposeScope scope = torch.NewDisposeScope();
        using var quiet = torch.no_grad();
        using BertForSequenceToSequence module = Open(model);
        SequencePairRow[] rows = [new(TinySequences.Sources(model)[2], [9, 30, 3], 0), new(TinySequences.Sources(model)[3], [8, 3], 1)];
        float[][] scores = Scores(module, model, rows);
        int[] labels = [.. rows.SelectMany(row => row.Target)];
        double expected = scores.Select((row, i) =>
        {
            double all = TokenScores.LogSumExp(row);
            return 0.8 * (all - row[labels[i]]) + 0.2 * row.Average(score => all - score);
        }).Sum();
        var objective = new NextTokenObjective(model.Decoder!.Config, areShared: false, model.Decoder.StartTokenId, smoothing: 0.2);
        Assert.Equal(expected, objective.Loss(module, rows).item<float>(), 1e-3);
    }

    [Fact]
    public void Shared_weights_are_one_parameter_and_change_in_both()
    {
        BertModel model = new TinyCheckpoint().Load().WithDecoder(new BertDecoderOptions { SharesEncoder = true });
        using DisposeScope scope = torch.NewDisposeScope();
        using BertForSequenceToSequence module = Open(model, areShared: true);
        module.eval();
        string[] names = [.. module.State().Select(p => p.Name)];
        Assert.Contains("decoder.encoder.layer.1.crossattention.self.query.weight", names);
        Assert.DoesNotContain("decoder.encoder.layer.1.attention.self.query.weight", names);
        Assert.DoesNotContain("decoder.embeddings.word_embeddings.weight", names);
        using (torch.no_grad())
            module.Bert.WordEmbeddings.Values().Fill(0.01f);
        BertModel trained = model.WithTrained(model.Config, module.ToWeights(), new());
        Assert.True(trained.Decoder!.SharesEncoder);
        float[] words = new float[trained.Decoder.Weights[CanonicalNames.WordEmbeddings].Count];
        trained.Decoder.Weights[CanonicalNames.WordEmbeddings].CopyTo(words);
        Assert.All(words, value => Assert.Equal(0.01f, value));
    }

    private static BertForSequenceToSequence Open(BertModel model, bool areShared = false)
    {
        var module = new BertForSequenceToSequence(model.Config, model.Decoder!.Config, areShared);
        module.Load(model.TrainableWeights!);
        module.eval();
        return module;
    }

    private static float[][] Scores(BertForSequenceToSequence module, BertModel model, SequencePairRow[] rows)
    {
        int start = model.Decoder!.StartTokenId;
        torch.Tensor scores = module.Forward(new PaddedBatch(rows), new PaddedBatch([.. rows.Select(row => row.Shifted(start))]));
        return [.. scores.data<float>().ToArray().Chunk((int)scores.shape[1])];
    }

    private static double Loss(float[][] scores, SequencePairRow[] rows) => scores
        .Zip(rows.SelectMany(row => row.Target)).Average(token => TokenScores.LogSumExp(token.First) - token.First[token.Second]);
}
