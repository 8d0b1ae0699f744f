using System.Numerics.Tensors;
using System.Text.Json;
using Bert.MLNet.Encoders;
using Bert.MLNet.Pooling;
using Bert.MLNet.Testing;

namespace Bert.MLNet.Tests.Encoders;

/// <summary>The encoder and the pooling arithmetic against HuggingFace's PyTorch classes on seeded checkpoints.</summary>
public class ReferenceEncodingTests
{
    public static TheoryData<string> Checkpoints =>
    [
        "bert-tiny-random", "bert-seqclass-random", "bert-tokenclass-random", "bert-qa-random",
        "distilbert-random", "mpnet-st-random", "mpnet-seqclass-random",
        "roberta-seqclass-random", "roberta-tokenclass-random", "roberta-qa-random", "roberta-mlm-random",
        "xlm-roberta-random", "xlm-roberta-seqclass-random",
        "electra-discriminator-random", "electra-generator-random", "electra-seqclass-random",
        "albert-random", "albert-mlm-random", "albert-seqclass-random",
        "modernbert-random", "modernbert-seqclass-random",
        "deberta-v3-seqclass-random", "deberta-v3-tokenclass-random",
        "nomic-bert-random",
    ];

    [Theory, MemberData(nameof(Checkpoints))]
    public void Every_row_alone_equals_the_reference(string checkpoint)
    {
        using var encoder = Encoder.Open(Shared.Folder("reference", "models", checkpoint));
        foreach (ReferenceModel.Case row in encoder.Reference.Cases)
        {
            using EncoderBatch batch = encoder.Run([row], row.InputIds.Length, padLeft: false);
            encoder.Check(batch, 0, row, row.Outputs, 0, row.ToString());
        }
        encoder.Reference.WriteLargest("graph, layers");
    }

    [Theory, MemberData(nameof(Checkpoints))]
    public void Every_row_in_a_padded_batch_equals_the_reference(string checkpoint)
    {
        using var encoder = Encoder.Open(Shared.Folder("reference", "models", checkpoint));
        foreach (ReferenceModel.Case[] rows in encoder.Reference.Cases.OrderBy(row => row.InputIds.Length).Chunk(7))
        {
            int length = rows.Max(row => row.InputIds.Length);
            using EncoderBatch batch = encoder.Run(rows, length, padLeft: false);
            for (int i = 0; i < rows.Length; i++)
                encoder.Check(batch, i, rows[i], rows[i].Outputs, 0, $"{rows[i]} in a batch of {rows.Length}");
        }
    }

    [Theory, MemberData(nameof(Checkpoints))]
    public void The_batches_of_the_reference_equal_it_padded_on_either_side(string checkpoint)
    {
        using var encoder = Encoder.Open(Shared.Folder("reference", "models", checkpoint));
        foreach (var (id, padLeft, length, rows, outputs) in encoder.Reference.Batches)
        {
            using EncoderBatch batch = encoder.Run(rows, length, padLeft);
            for (int i = 0; i < rows.Length; i++)
                encoder.Check(batch, i, rows[i], outputs[i], padLeft ? length - rows[i].InputIds.Length : 0, $"{id}[{i}]");
        }
    }

    [Theory, MemberData(nameof(Checkpoints))]
    public void The_same_batch_gives_the_same_bits_again(string checkpoint)
    {
        using var encoder = Encoder.Open(Shared.Folder("reference", "models", checkpoint));
        ReferenceModel.Case[] rows = [.. encoder.Reference.Cases.Where(row => row.InputIds.Length < 40)];
        float[] Once()
        {
            using EncoderBatch batch = encoder.Run(rows, 40, padLeft: false);
            return [.. Enumerable.Range(0, rows.Length).SelectMany(i => batch.Output(0, i).ToArray())];
        }
        float[] first = Once();
        using (encoder.Run([rows[0]], rows[0].InputIds.Length, padLeft: false)) { }
        Assert.Equal(first, Once());
    }

    [Fact]
    public void MiniLM_and_its_batches_equal_the_reference()
    {
        string recipe = Shared.Folder("reference", "recipes", "minilm-shape-random");
        using var folder = new TemporaryFolder();
        SeededWeights.WriteWeights(recipe, folder["model.safetensors"]);
        foreach (string file in Directory.GetFiles(recipe))
            File.Copy(file, folder[Path.GetFileName(file)]);
        File.Copy(Shared.Folder("vocab", "bert-base-uncased.vocab.txt"), folder["vocab.txt"]);

        using var encoder = Encoder.Open(folder.Path);
        foreach (ReferenceModel.Case row in encoder.Reference.Cases)
        {
            using EncoderBatch batch = encoder.Run([row], row.InputIds.Length, padLeft: false);
            encoder.Check(batch, 0, row, row.Outputs, 0, row.ToString());
        }
        foreach (var (id, padLeft, length, rows, outputs) in encoder.Reference.Batches)
        {
            using EncoderBatch batch = encoder.Run(rows, length, padLeft);
            for (int i = 0; i < rows.Length; i++)
                encoder.Check(batch, i, rows[i], outputs[i], 0, $"{id}[{i}]");
        }
    }

    /// <summary>A session with every output that the reference knows, and the comparison with it.</summary>
    private sealed class Encoder(ReferenceModel reference, EncoderSession session) : IDisposable
    {
        public ReferenceModel Reference => reference;

        private int Width => session.Model.Config.HiddenSize;

        public static Encoder Open(string folder)
        {
            BertModel model = ReferenceCheckpoint.Open(folder);
            var reference = new ReferenceModel(folder);
            int layers = model.Config.NumHiddenLayers;
            EncoderOutputSet outputs = new(
            [
                EncoderOutput.LastHiddenState,
                .. Enumerable.Range(0, layers + 1).Select(EncoderOutput.HiddenStates),
                .. Enumerable.Range(0, layers).Select(EncoderOutput.Attentions),
                .. reference.Cases[0].Outputs.TryGetProperty("pooler_output", out _)
                    ? [EncoderOutput.PoolerOutput]
                    : Array.Empty<EncoderOutput>(),
            ]);
            return new Encoder(reference, EncoderSession.Acquire(model, outputs));
        }

        public EncoderBatch Run(ReferenceModel.Case[] rows, int length, bool padLeft)
        {
            EncoderBatch batch = session.Rent(rows.Length, length);
            for (int i = 0; i < rows.Length; i++)
            {
                int start = padLeft ? length - rows[i].InputIds.Length : 0;
                rows[i].InputIds.CopyTo(batch.InputIds(i)[start..]);
                rows[i].AttentionMask.CopyTo(batch.AttentionMask(i)[start..]);
                rows[i].TokenTypeIds.CopyTo(batch.TokenTypeIds(i)[start..]);
            }
            batch.Run();
            return batch;
        }

        public void Check(EncoderBatch batch, int row, ReferenceModel.Case input, JsonElement expected, int start, string what)
        {
            int length = input.InputIds.Length;
            // What a token is that nobody attends to is the implementation's affair in some classes: their references leave it out.
            int[] places = [.. Enumerable.Range(0, length).Where(place => input.AttentionMask[place] == 1 || !reference.LeavesMaskedOut)];
            ReadOnlySpan<float> Tokens(EncoderOutput output, int row)
            {
                float[] all = batch.Output(session.Outputs.IndexOf(output), row).Slice(start * Width, length * Width).ToArray();
                return places.SelectMany(place => all[(place * Width)..((place + 1) * Width)]).ToArray();
            }

            ReadOnlySpan<float> last = Tokens(EncoderOutput.LastHiddenState, row);
            CheckLast(expected.GetProperty("last_hidden_state"), last, what);
            if (expected.TryGetProperty("layers", out JsonElement layers))
            {
                foreach (JsonElement layer in layers.EnumerateArray())
                    CheckLayer(layer, Tokens(EncoderOutput.HiddenStates(layer.GetProperty("index").GetInt32()), row), what);
            }
            if (expected.TryGetProperty("attention", out JsonElement attention))
            {
                int layer = attention.GetProperty("layer").GetInt32();
                CheckAttention(attention, batch.Output(session.Outputs.IndexOf(EncoderOutput.Attentions(layer)), row), batch.Length, what);
            }
            if (expected.TryGetProperty("pooler_output", out JsonElement pooler))
                reference.Equal(pooler, batch.Output(session.Outputs.IndexOf(EncoderOutput.PoolerOutput), row), $"{what} pooler_output");

            CheckPooled(expected, "mean_pooled", BertPooling.Mean, false, last, [.. places.Select(place => input.AttentionMask[place])],
                what);
            CheckPooled(expected, "mean_pooled_normalized", BertPooling.Mean, true, last,
                [.. places.Select(place => input.AttentionMask[place])], what);
            CheckPooled(expected, "max_pooled", BertPooling.Max, false, last, [.. places.Select(place => input.AttentionMask[place])],
                what);
            CheckPooled(expected, "cls_normalized", BertPooling.Cls, true, last, [.. places.Select(place => input.AttentionMask[place])],
                what);
        }

        private void CheckLast(JsonElement expected, ReadOnlySpan<float> hidden, string what)
        {
            reference.Equal(expected.GetProperty("first"), hidden[..Width], $"{what} first token");
            reference.Equal(expected.GetProperty("last"), hidden[^Width..], $"{what} last token");
            int token = 0;
            foreach ((JsonElement mean, JsonElement l2) in expected.GetProperty("token_mean").EnumerateArray()
                .Zip(expected.GetProperty("token_l2").EnumerateArray()))
            {
                ReadOnlySpan<float> state = hidden.Slice(token * Width, Width);
                reference.Equal(mean, TensorPrimitives.Sum(state) / Width, $"{what} mean of token {token}");
                reference.Equal(l2, TensorPrimitives.Norm(state), $"{what} norm of token {token}");
                token++;
            }
            Assert.Equal(token * Width, hidden.Length);
        }

        private void CheckLayer(JsonElement expected, ReadOnlySpan<float> hidden, string what)
        {
            what = $"{what} layer {expected.GetProperty("index").GetInt32()}";
            reference.Equal(expected.GetProperty("mean"), TensorPrimitives.Sum(hidden) / hidden.Length, $"{what} mean");
            reference.Equal(expected.GetProperty("l2"), TensorPrimitives.Norm(hidden), $"{what} norm");
            reference.Equal(expected.GetProperty("first8_of_first_token"), hidden[..8], $"{what} first token");
            reference.Equal(expected.GetProperty("first8_of_last_token"), hidden.Slice(hidden.Length - Width, 8), $"{what} last token");
        }

        private void CheckAttention(JsonElement expected, ReadOnlySpan<float> probabilities, int padded, string what)
        {
            int[] rows = [.. expected.GetProperty("rows").EnumerateArray().Select(row => row.GetInt32())];
            int head = 0;
            foreach (JsonElement matrix in expected.GetProperty("probs").EnumerateArray())
            {
                int i = 0;
                foreach (JsonElement row in matrix.EnumerateArray())
                    reference.Equal(row, probabilities.Slice((head * padded + rows[i]) * padded, row.GetArrayLength()),
                        $"{what} attention of head {head}, row {rows[i++]}");
                head++;
            }
        }

        private void CheckPooled(
            JsonElement expected, string name, BertPooling pooling, bool normalize, ReadOnlySpan<float> hidden, long[] mask, string what)
        {
            if (!expected.TryGetProperty(name, out JsonElement values) || values.ValueKind == JsonValueKind.Null)
                return;
            float[] vector = new float[HiddenStatePooler.Size(pooling, Width)];
            HiddenStatePooler.Pool(pooling, normalize, Width, hidden, [], mask, [], cls: 0, vector);
            reference.Equal(values, vector, $"{what} {name}");
        }

        public void Dispose() => session.Dispose();
    }
}
