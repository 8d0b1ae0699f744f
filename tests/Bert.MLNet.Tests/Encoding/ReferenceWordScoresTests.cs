using System.Numerics.Tensors;
using System.Text.Json;
using Bert.MLNet.Encoders;
using Bert.MLNet.Tests.Training;
using Bert.MLNet.Training;
using TorchSharp;

namespace Bert.MLNet.Tests.Encoders;

/// <summary>Scores of words, as they run and as they are trained, against HuggingFace's PyTorch classes.</summary>
[Collection(UsesTorch.Name)]
public class ReferenceWordScoresTests
{
    [Theory]
    [InlineData("modernbert-mlm-random"), InlineData("roberta-mlm-random"), InlineData("albert-mlm-random")]
    [InlineData("electra-generator-random")]
    public void Scores_of_words_equal_the_reference(string checkpoint)
    {
        TorchRuntime.EnsureLoaded();
        string folder = Shared.Folder("reference", "models", checkpoint);
        BertModel model = ReferenceCheckpoint.Open(folder);
        var reference = new ReferenceModel(folder);
        using EncoderSession session = EncoderSession.Acquire(model, new(EncoderOutput.MaskedWordLogits));
        using var module = new BertForMaskedLM(model.Config);
        module.Load(model.Weights!);
        module.eval();
        int compared = 0;
        foreach (ReferenceModel.Case row in reference.Cases)
        {
            JsonElement[] expected = [.. row.Outputs.GetProperty("mlm").EnumerateArray()];
            if (expected.Length == 0)
                continue;
            compared++;
            int[] positions = [.. expected.Select(word => word.GetProperty("position").GetInt32())];
            using EncoderBatch batch = session.Rent(1, row.InputIds.Length, positions.Length);
            row.InputIds.CopyTo(batch.InputIds(0));
            row.AttentionMask.CopyTo(batch.AttentionMask(0));
            row.TokenTypeIds.CopyTo(batch.TokenTypeIds(0));
            for (int i = 0; i < positions.Length; i++)
                batch.MaskedPositions[i] = positions[i];
            batch.Run();
            for (int i = 0; i < positions.Length; i++)
                Compare(expected[i], batch.Output(0, i), $"{row} position {positions[i]}");

            if (!row.AttentionMask.All(mask => mask == 1) || !row.TokenTypeIds.SequenceEqual(row.TokenTypeIds.Order()))
                continue;
            using DisposeScope scope = torch.NewDisposeScope();
            var padded = new PaddedBatch(
                [new EncodedRow([.. row.InputIds.Select(id => (int)id)], row.TokenTypeIds.Count(type => type == 0))]);
            float[] scores = module.Forward(padded, torch.tensor(positions.Select(position => (long)position).ToArray())).data<float>()
                .ToArray();
            for (int i = 0; i < positions.Length; i++)
                Compare(expected[i], scores.AsSpan(i * model.Config.VocabSize, model.Config.VocabSize),
                    $"{row} position {positions[i]} in training");
        }
        Assert.InRange(compared, 3, reference.Cases.Count);
        reference.WriteLargest("graph and modules, words");

        void Compare(JsonElement expected, ReadOnlySpan<float> scores, string what)
        {
            reference.Equal(expected.GetProperty("logits_first8"), scores[..8], $"{what} first");
            reference.Equal(expected.GetProperty("logits_last8"), scores[^8..], $"{what} last");
            reference.Equal(expected.GetProperty("logits_l2"), TensorPrimitives.Norm(scores), $"{what} norm");
            reference.Equal(expected.GetProperty("logits_mean"), TensorPrimitives.Sum(scores) / scores.Length, $"{what} mean");
        }
    }
}
