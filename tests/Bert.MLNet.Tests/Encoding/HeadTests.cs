using System.Text.Json;
using System.Text.Json.Nodes;
using Bert.MLNet.Encoders;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Tests.Encoders;

/// <summary>Heads on the encoder: against a plain computation, and what is said where there is none.</summary>
public class HeadTests
{
    private static readonly int[] Ids = [2, 17, 40, 88, 90, 3, 55, 61, 3];
    private static readonly int[] Types = [0, 0, 0, 0, 0, 0, 1, 1, 1];
    private static readonly int PairStart = 6;

    [Theory, MemberData(nameof(EveryFamily.Heads), MemberType = typeof(EveryFamily))]
    public void Logits_of_every_head_equal_a_plain_computation(string family, string head) =>
        CheckHead(EveryFamily.Checkpoint(family, head), head);

    [Theory]
    [InlineData("BertForSequenceClassification", "SequenceClassification", "BF16")]
    [InlineData("XLMRobertaForSequenceClassification", "SequenceClassification", "F16")]
    [InlineData("ModernBertForTokenClassification", "TokenClassification", "BF16")]
    [InlineData("MPNetForQuestionAnswering", "QuestionAnswering", "F16")]
    [InlineData("BertForPreTraining", "NextSentencePrediction", "BF16")]
    [InlineData("BertForPreTraining", "MaskedLM", "F32")]
    [InlineData("DistilBertForMaskedLM", "MaskedLM", "F16")]
    public void Logits_of_halves_equal_a_plain_computation(string architecture, string head, string type) =>
        CheckHead(new TinyCheckpoint { Architecture = architecture, Type = Enum.Parse<TensorType>(type) }, head);

    [Theory]
    [InlineData("BertForMaskedLM"), InlineData("XLMRobertaForMaskedLM"), InlineData("ElectraForMaskedLM"), InlineData("AlbertForMaskedLM")]
    public void Scores_of_words_by_a_decoder_of_its_own_equal_a_plain_computation(string architecture) => CheckHead(
        new TinyCheckpoint { Architecture = architecture, HasDecoder = true, ExtraConfig = new() { ["tie_word_embeddings"] = false } },
        nameof(HeadKind.MaskedLM));

    private static void CheckHead(TinyCheckpoint checkpoint, string head)
    {
        BertModel model = checkpoint.Load();
        var plain = new PlainBert(model);
        if (head == nameof(HeadKind.MaskedLM))
        {
            CheckWords(model, plain);
            return;
        }
        (EncoderOutput Output, double[] Expected)[] outputs = head switch
        {
            nameof(HeadKind.SequenceClassification) => [(EncoderOutput.SequenceLogits, plain.SequenceLogits(Ids, Types))],
            nameof(HeadKind.TokenClassification) =>
                [(EncoderOutput.TokenLogits, [.. plain.TokenLogits("classifier", Ids, Types).SelectMany(token => token)])],
            nameof(HeadKind.QuestionAnswering) =>
            [
                (EncoderOutput.StartLogits, [.. plain.TokenLogits("qa_outputs", Ids, Types).Select(token => token[0])]),
                (EncoderOutput.EndLogits, [.. plain.TokenLogits("qa_outputs", Ids, Types).Select(token => token[1])]),
            ],
            nameof(HeadKind.ReplacedTokens) => [(EncoderOutput.ReplacedTokenLogits, plain.ReplacedTokenLogits(Ids, Types))],
            _ => [(EncoderOutput.NextSentenceLogits, plain.NextSentenceLogits(Ids, Types))],
        };
        Assert.All(outputs, output => AssertClose(output.Expected, Run(model, new(output.Output))));
    }

    private static void CheckWords(BertModel model, PlainBert plain)
    {
        using EncoderSession session = EncoderSession.Acquire(model, new(EncoderOutput.MaskedWordLogits));
        int[] positions = [8, 1, 4];
        double[][] expected = plain.MaskedWordScores(Ids, Types, positions);
        for (int repeat = 0; repeat < 2; repeat++)
        {
            using EncoderBatch batch = session.Rent(2, Ids.Length + 4, positions.Length);
            batch.Fill(0, Ids.AsSpan(0, 3), 3);
            batch.Fill(1, Ids, PairStart);
            for (int i = 0; i < positions.Length; i++)
                batch.MaskedPositions[i] = batch.Length + positions[i];
            batch.Run();
            for (int i = 0; i < positions.Length; i++)
                AssertClose(expected[i], batch.Output(0, i));
        }
    }

    [Theory]
    [InlineData("BertModel", "is a BertModel, but BertForSequenceClassification with 3 labels is needed. Fine-tune it")]
    [InlineData("BertForTokenClassification", "is a BertForTokenClassification, but BertForSequenceClassification with 3 labels")]
    [InlineData("DistilBertForMaskedLM", "is a DistilBertForMaskedLM, but DistilBertForSequenceClassification")]
    [InlineData("MPNetForQuestionAnswering", "is a MPNetForQuestionAnswering, but MPNetForSequenceClassification")]
    public void A_checkpoint_without_the_head_is_refused_with_what_it_is_and_what_to_do(string architecture, string words)
    {
        var labels = new JsonObject { ["id2label"] = new JsonObject { ["0"] = "a", ["1"] = "b", ["2"] = "c" } };
        BertModel model = new TinyCheckpoint { Architecture = architecture, ExtraConfig = labels }.Load();
        Assert.Contains(words, Assert.Throws<NotSupportedException>(() => EncoderSession.Acquire(model, new(EncoderOutput.SequenceLogits)))
            .Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_decide_where_the_config_names_no_architecture_or_one_that_is_not_known()
    {
        var tiny = new TinyCheckpoint
        {
            Architecture = "BertForSequenceClassification",
            ExtraConfig = new JsonObject { ["architectures"] = null },
        };
        EncoderSession.Acquire(tiny.Load(), new(EncoderOutput.SequenceLogits)).Dispose();
        EncoderSession.Acquire((tiny with { ExtraConfig = new JsonObject { ["architectures"] = new JsonArray("BertForSentiment") } })
            .Load(), new(EncoderOutput.SequenceLogits)).Dispose();
        BertModel bare =
            new TinyCheckpoint { Architecture = "BertModel", ExtraConfig = new JsonObject { ["architectures"] = null } }.Load();
        Assert.Contains("does not name its class in 'architectures'",
            Assert.Throws<NotSupportedException>(() => EncoderSession.Acquire(bare, new(EncoderOutput.TokenLogits))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BertForSequenceClassification"), InlineData("BertForTokenClassification"), InlineData("BertForQuestionAnswering"),
        InlineData("MPNetForSequenceClassification"), InlineData("RobertaForSequenceClassification")]
    [InlineData("AlbertForSequenceClassification"), InlineData("ElectraForQuestionAnswering")]
    [InlineData("ModernBertForSequenceClassification"), InlineData("DebertaV2ForSequenceClassification")]
    public void A_graph_with_a_head_gives_the_same_bits_as_its_weights(string architecture)
    {
        BertModel model = new TinyCheckpoint { Architecture = architecture }.Load();
        EncoderOutputSet outputs = architecture switch
        {
            _ when architecture.EndsWith("ForSequenceClassification", StringComparison.Ordinal) => new(EncoderOutput.SequenceLogits),
            "BertForTokenClassification" => new(EncoderOutput.TokenLogits),
            _ => new(EncoderOutput.StartLogits, EncoderOutput.EndLogits),
        };
        byte[] graph = BertGraph.Create(model.Config, outputs, model.Weights!).ToModel();
        Assert.Equal(Run(model, outputs), Run(new BertModel(model.Config, model.Tokenizer, null, onnxGraph: graph), outputs));
    }

    [Fact]
    public void A_graph_with_other_labels_than_its_config_is_refused()
    {
        BertModel model = new TinyCheckpoint { Architecture = "BertForSequenceClassification" }.Load();
        byte[] graph = BertGraph.Create(model.Config, new(EncoderOutput.SequenceLogits), model.Weights!).ToModel();
        BertConfig two = model.Config with { Id2Label = new Dictionary<int, string> { [0] = "no", [1] = "yes" } };
        var exported = new BertModel(two, model.Tokenizer, null, onnxGraph: graph);
        Assert.Contains("id2label",
            Assert.Throws<InvalidDataException>(() => EncoderSession.Acquire(exported, new(EncoderOutput.SequenceLogits))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bert-seqclass-random"), InlineData("distilbert-random"), InlineData("mpnet-seqclass-random"),
        InlineData("bert-tokenclass-random"), InlineData("bert-qa-random")]
    [InlineData("roberta-seqclass-random"), InlineData("roberta-tokenclass-random"), InlineData("roberta-qa-random"),
        InlineData("xlm-roberta-seqclass-random")]
    [InlineData("electra-seqclass-random"), InlineData("electra-discriminator-random"), InlineData("albert-seqclass-random")]
    [InlineData("modernbert-seqclass-random"), InlineData("deberta-v3-seqclass-random"), InlineData("deberta-v3-tokenclass-random")]
    public void Rows_alone_and_padded_batches_on_either_side_equal_the_reference(string checkpoint)
    {
        string folder = Shared.Folder("reference", "models", checkpoint);
        var reference = new ReferenceModel(folder);
        (string Name, EncoderOutput Output)[] outputs = checkpoint switch
        {
            _ when checkpoint.Contains("tokenclass", StringComparison.Ordinal) => [("logits", EncoderOutput.TokenLogits)],
            _ when checkpoint.Contains("-qa-", StringComparison.Ordinal) =>
                [("start_logits", EncoderOutput.StartLogits), ("end_logits", EncoderOutput.EndLogits)],
            _ when checkpoint.Contains("discriminator", StringComparison.Ordinal) => [("token_logits", EncoderOutput.ReplacedTokenLogits)],
            _ => [("logits", EncoderOutput.SequenceLogits)],
        };
        using EncoderSession session =
            EncoderSession.Acquire(ReferenceCheckpoint.Open(folder), new([.. outputs.Select(output => output.Output)]));
        foreach (ReferenceModel.Case row in reference.Cases)
            Check(row.Id, [row], [row.Outputs], row.InputIds.Length, padLeft: false);
        foreach (var (id, padLeft, length, rows, expected) in reference.Batches)
            Check(id, rows, expected, length, padLeft);
        reference.WriteLargest("graph, head");

        void Check(string what, ReferenceModel.Case[] rows, JsonElement[] expected, int length, bool padLeft)
        {
            using EncoderBatch batch = session.Rent(rows.Length, length);
            for (int i = 0; i < rows.Length; i++)
            {
                int start = padLeft ? length - rows[i].InputIds.Length : 0;
                rows[i].InputIds.CopyTo(batch.InputIds(i)[start..]);
                rows[i].AttentionMask.CopyTo(batch.AttentionMask(i)[start..]);
                rows[i].TokenTypeIds.CopyTo(batch.TokenTypeIds(i)[start..]);
            }
            batch.Run();
            for (int i = 0; i < rows.Length; i++)
            {
                int tokens = rows[i].InputIds.Length, start = padLeft ? length - tokens : 0;
                for (int output = 0; output < outputs.Length; output++)
                {
                    // Of rows padded on the left, where a head reads a token of padding, there may be none.
                    if (!expected[i].TryGetProperty(outputs[output].Name, out JsonElement due))
                        continue;
                    ReadOnlySpan<float> actual = batch.Output(output, i);
                    if (outputs[output].Output.Kind != EncoderOutputKind.SequenceLogits)
                    {
                        int width = actual.Length / length;
                        float[] ofRow = actual.Slice(start * width, tokens * width).ToArray();
                        long[] mask = rows[i].AttentionMask;
                        actual = ofRow.Chunk(width).Where((_, token) => mask[token] == 1 || !reference.LeavesMaskedOut)
                            .SelectMany(token => token).ToArray();
                    }
                    // Of the longest rows the reference has some tokens only.
                    if (expected[i].TryGetProperty("logit_rows", out JsonElement places) && places.ValueKind == JsonValueKind.Array)
                    {
                        int width = actual.Length / tokens;
                        float[] all = actual.ToArray();
                        actual = places.EnumerateArray().SelectMany(place => all.AsSpan(place.GetInt32() * width, width).ToArray())
                            .ToArray();
                    }
                    reference.Equal(due, actual, $"{what}[{i}] {outputs[output].Name}");
                }
            }
        }
    }

    [Theory]
    [InlineData("roberta-mlm-random"), InlineData("electra-generator-random"), InlineData("albert-mlm-random")]
    public void Scores_of_words_equal_the_reference(string checkpoint)
    {
        string folder = Shared.Folder("reference", "models", checkpoint);
        var reference = new ReferenceModel(folder);
        using EncoderSession session = EncoderSession.Acquire(ReferenceCheckpoint.Open(folder), new(EncoderOutput.MaskedWordLogits));
        foreach (ReferenceModel.Case row in reference.Cases)
        {
            JsonElement[] words = [.. row.Outputs.GetProperty("mlm").EnumerateArray()];
            using EncoderBatch batch = session.Rent(1, row.InputIds.Length, words.Length);
            row.InputIds.CopyTo(batch.InputIds(0));
            row.AttentionMask.CopyTo(batch.AttentionMask(0));
            row.TokenTypeIds.CopyTo(batch.TokenTypeIds(0));
            for (int i = 0; i < words.Length; i++)
                batch.MaskedPositions[i] = words[i].GetProperty("position").GetInt64();
            batch.Run();
            for (int i = 0; i < words.Length; i++)
            {
                ReadOnlySpan<float> scores = batch.Output(0, i);
                reference.Equal(words[i].GetProperty("logits_first8"), scores[..8], $"{row} word {i}, first");
                reference.Equal(words[i].GetProperty("logits_last8"), scores[^8..], $"{row} word {i}, last");
                foreach (JsonElement best in words[i].GetProperty("top5").EnumerateArray())
                    reference.Equal(best.GetProperty("logit"), scores[best.GetProperty("id").GetInt32()], $"{row} word {i}, best");
            }
        }
    }

    /// <summary>The row in a padded batch behind another, without its padding.</summary>
    private static float[] Run(BertModel model, EncoderOutputSet outputs)
    {
        using EncoderSession session = EncoderSession.Acquire(model, outputs);
        using EncoderBatch batch = session.Rent(2, Ids.Length + 4);
        batch.Fill(0, Ids.AsSpan(0, 3), 3);
        batch.Fill(1, Ids, PairStart);
        batch.Run();
        var values = new List<float>();
        for (int i = 0; i < outputs.Count; i++)
        {
            ReadOnlySpan<float> row = batch.Output(i, 1);
            bool perToken = row.Length % batch.Length == 0;
            values.AddRange(perToken ? row[..(row.Length / batch.Length * Ids.Length)] : row);
        }
        return [.. values];
    }

    private static void AssertClose(double[] expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 2e-5);
    }
}
