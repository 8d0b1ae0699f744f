using System.Text.Json;
using System.Text.Json.Nodes;
using Bert.MLNet.Encoders;
using Bert.MLNet.Models;

namespace Bert.MLNet.Tests.Encoders;

/// <summary>Heads on the encoder: against a plain computation, and what is said where there is none.</summary>
public class HeadTests
{
    private static readonly int[] Ids = [2, 17, 40, 88, 90, 3, 55, 61, 3];
    private static readonly int[] Types = [0, 0, 0, 0, 0, 0, 1, 1, 1];
    private static readonly int PairStart = 6;

    [Theory]
    [InlineData("BertForSequenceClassification", "F32"), InlineData("BertForSequenceClassification", "BF16"), InlineData("DistilBertForSequenceClassification", "F32"), InlineData("MPNetForSequenceClassification", "F32")]
    [InlineData("RobertaForSequenceClassification", "F32"), InlineData("XLMRobertaForSequenceClassification", "F16"), InlineData("ElectraForSequenceClassification", "F32"), InlineData("AlbertForSequenceClassification", "F32")]
    [InlineData("ModernBertForSequenceClassification", "F32"), InlineData("DebertaV2ForSequenceClassification", "F32")]
    public void Logits_of_a_row_equal_a_plain_computation(string architecture, string type) =>
        Check(architecture, type, EncoderOutput.SequenceLogits, plain => plain.SequenceLogits(Ids, Types));

    [Theory]
    [InlineData("BertForTokenClassification", "F16"), InlineData("DistilBertForTokenClassification", "F32"), InlineData("MPNetForTokenClassification", "F32"), InlineData("RobertaForTokenClassification", "F32"), InlineData("AlbertForTokenClassification", "BF16")]
    [InlineData("ModernBertForTokenClassification", "BF16"), InlineData("DebertaV2ForTokenClassification", "BF16")]
    public void Logits_of_tokens_equal_a_plain_computation(string architecture, string type) =>
        Check(architecture, type, EncoderOutput.TokenLogits, plain => [.. plain.TokenLogits("classifier", Ids, Types).SelectMany(token => token)]);

    [Theory]
    [InlineData("BertForQuestionAnswering", "F32"), InlineData("DistilBertForQuestionAnswering", "F32"), InlineData("MPNetForQuestionAnswering", "F16"), InlineData("CamembertForQuestionAnswering", "F32"), InlineData("ElectraForQuestionAnswering", "F32")]
    [InlineData("ModernBertForQuestionAnswering", "F32"), InlineData("DebertaV2ForQuestionAnswering", "F32")]
    public void Logits_of_start_and_end_equal_a_plain_computation(string architecture, string type)
    {
        Check(architecture, type, EncoderOutput.StartLogits, plain => [.. plain.TokenLogits("qa_outputs", Ids, Types).Select(token => token[0])]);
        Check(architecture, type, EncoderOutput.EndLogits, plain => [.. plain.TokenLogits("qa_outputs", Ids, Types).Select(token => token[1])]);
    }

    [Theory]
    [InlineData("BertForNextSentencePrediction", "F32"), InlineData("BertForPreTraining", "BF16")]
    public void Logits_of_the_next_sentence_equal_a_plain_computation(string architecture, string type) =>
        Check(architecture, type, EncoderOutput.NextSentenceLogits, plain => plain.NextSentenceLogits(Ids, Types));

    [Theory]
    [InlineData("BertForMaskedLM", "F32", true), InlineData("BertForMaskedLM", "BF16", true), InlineData("BertForPreTraining", "F32", true), InlineData("BertForMaskedLM", "F32", false)]
    [InlineData("DistilBertForMaskedLM", "F32", true), InlineData("DistilBertForMaskedLM", "F16", true), InlineData("MPNetForMaskedLM", "F32", true)]
    [InlineData("RobertaForMaskedLM", "F32", true), InlineData("XLMRobertaForMaskedLM", "BF16", false), InlineData("ElectraForMaskedLM", "F32", true), InlineData("ElectraForMaskedLM", "F32", false)]
    [InlineData("AlbertForMaskedLM", "F32", true), InlineData("AlbertForMaskedLM", "F16", false)]
    [InlineData("ModernBertForMaskedLM", "F32", true), InlineData("DebertaV2ForMaskedLM", "F32", true)]
    public void Scores_of_words_at_the_positions_asked_for_equal_a_plain_computation(string architecture, string type, bool tied)
    {
        var tiny = new TinyCheckpoint { Architecture = architecture, Type = Enum.Parse<TensorType>(type), HasDecoder = !tied, ExtraConfig = new JsonObject { ["tie_word_embeddings"] = tied } };
        BertModel model = tiny.Load();
        using EncoderSession session = EncoderSession.Acquire(model, new(EncoderOutput.MaskedWordLogits));
        int[] positions = [8, 1, 4];
        for (int repeat = 0; repeat < 2; repeat++)
        {
            using EncoderBatch batch = session.Rent(2, Ids.Length + 4, positions.Length);
            batch.Fill(0, Ids.AsSpan(0, 3), 3);
            batch.Fill(1, Ids, PairStart);
            for (int i = 0; i < positions.Length; i++)
                batch.MaskedPositions[i] = batch.Length + positions[i];
            batch.Run();
            double[][] expected = new PlainBert(model).MaskedWordScores(Ids, Types, positions);
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
        Assert.Contains(words, Assert.Throws<NotSupportedException>(() => EncoderSession.Acquire(model, new(EncoderOutput.SequenceLogits))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_decide_where_the_config_names_no_architecture_or_one_that_is_not_known()
    {
        var tiny = new TinyCheckpoint { Architecture = "BertForSequenceClassification", ExtraConfig = new JsonObject { ["architectures"] = null } };
        EncoderSession.Acquire(tiny.Load(), new(EncoderOutput.SequenceLogits)).Dispose();
        EncoderSession.Acquire((tiny with { ExtraConfig = new JsonObject { ["architectures"] = new JsonArray("BertForSentiment") } }).Load(), new(EncoderOutput.SequenceLogits)).Dispose();
        BertModel bare = new TinyCheckpoint { Architecture = "BertModel", ExtraConfig = new JsonObject { ["architectures"] = null } }.Load();
        Assert.Contains("names no architecture", Assert.Throws<NotSupportedException>(() => EncoderSession.Acquire(bare, new(EncoderOutput.TokenLogits))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BertForSequenceClassification"), InlineData("BertForTokenClassification"), InlineData("BertForQuestionAnswering"), InlineData("MPNetForSequenceClassification"), InlineData("RobertaForSequenceClassification")]
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
        Assert.Contains("id2label", Assert.Throws<InvalidDataException>(() => EncoderSession.Acquire(exported, new(EncoderOutput.SequenceLogits))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bert-seqclass-random"), InlineData("distilbert-random"), InlineData("mpnet-seqclass-random"), InlineData("bert-tokenclass-random"), InlineData("bert-qa-random")]
    [InlineData("roberta-seqclass-random"), InlineData("roberta-tokenclass-random"), InlineData("roberta-qa-random"), InlineData("xlm-roberta-seqclass-random")]
    [InlineData("electra-seqclass-random"), InlineData("electra-discriminator-random"), InlineData("albert-seqclass-random")]
    [InlineData("modernbert-seqclass-random"), InlineData("deberta-v3-seqclass-random"), InlineData("deberta-v3-tokenclass-random")]
    public void Rows_alone_and_padded_batches_on_either_side_equal_the_reference(string checkpoint)
    {
        string folder = Shared.Folder("reference", "models", checkpoint);
        var reference = new ReferenceModel(folder);
        (string Name, EncoderOutput Output)[] outputs = checkpoint switch
        {
            _ when checkpoint.Contains("tokenclass", StringComparison.Ordinal) => [("logits", EncoderOutput.TokenLogits)],
            _ when checkpoint.Contains("-qa-", StringComparison.Ordinal) => [("start_logits", EncoderOutput.StartLogits), ("end_logits", EncoderOutput.EndLogits)],
            _ when checkpoint.Contains("discriminator", StringComparison.Ordinal) => [("token_logits", EncoderOutput.ReplacedTokenLogits)],
            _ => [("logits", EncoderOutput.SequenceLogits)],
        };
        using EncoderSession session = EncoderSession.Acquire(ReferenceCheckpoint.Open(folder), new([.. outputs.Select(output => output.Output)]));
        foreach (ReferenceModel.Case row in reference.Cases)
            Check(row.Id, [row], [row.Outputs], row.InputIds.Length, padLeft: false);
        foreach (var (id, padLeft, length, rows, expected) in reference.Batches)
            Check(id, rows, expected, length, padLeft);

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
                        actual = ofRow.Chunk(width).Where((_, token) => mask[token] == 1 || !reference.LeavesMaskedOut).SelectMany(token => token).ToArray();
                    }
                    // Of the longest rows the reference has some tokens only.
                    if (expected[i].TryGetProperty("logit_rows", out JsonElement places) && places.ValueKind == JsonValueKind.Array)
                    {
                        int width = actual.Length / tokens;
                        float[] all = actual.ToArray();
                        actual = places.EnumerateArray().SelectMany(place => all.AsSpan(place.GetInt32() * width, width).ToArray()).ToArray();
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

    private static void Check(string architecture, string type, EncoderOutput output, Func<PlainBert, double[]> expected)
    {
        BertModel model = new TinyCheckpoint { Architecture = architecture, Type = Enum.Parse<TensorType>(type) }.Load();
        AssertClose(expected(new PlainBert(model)), Run(model, new(output)));
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
